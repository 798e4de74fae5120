import { printable } from './printable.ts'

export interface Column {
  title: string
  align?: 'right'
  /** Takes what the terminal has left, and is cut there; the others are never cut. */
  flexible?: boolean
}

const GAP = '  '
/** A cut column narrower than this says nothing. */
const MIN_FLEXIBLE_WIDTH = 12

/** Rows under titles, one line each, `\n` at the end. Without `width` (no terminal) nothing is cut. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width?: number): string {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => row.map(printable))]
  const natural = columns.map((_, i) => Math.max(...cells.map((row) => widthOf(row[i] ?? ''))))
  const widths = width === undefined ? natural : fit(columns, natural, width)
  return cells.map((row) => `${line(columns, row, widths)}\n`).join('')
}

function line(columns: readonly Column[], row: readonly string[], widths: readonly number[]): string {
  const padded = columns.map(({ align }, i) => {
    const room = widths[i] ?? 0
    const text = cut(row[i] ?? '', room)
    const fill = ' '.repeat(Math.max(0, room - widthOf(text)))
    return align === 'right' ? fill + text : text + fill
  })
  return padded.join(GAP).trimEnd()
}

function fit(columns: readonly Column[], natural: readonly number[], width: number): readonly number[] {
  const flexible = columns.flatMap((column, i) => (column.flexible ? [i] : []))
  const fixed = natural.reduce((sum, each, i) => sum + (columns[i]?.flexible ? 0 : each), GAP.length * (columns.length - 1))
  const share = Math.max(MIN_FLEXIBLE_WIDTH, Math.floor((width - fixed) / Math.max(1, flexible.length)))
  return natural.map((each, i) => (columns[i]?.flexible ? Math.min(each, share) : each))
}

function cut(text: string, room: number): string {
  if (widthOf(text) <= room) return text
  const kept = [...graphemes.segment(text)].slice(0, Math.max(0, room - 1))
  return `${kept.map(({ segment }) => segment).join('')}…`
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
/** In characters as people count them. */
function widthOf(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : [...graphemes.segment(text)].length
}
