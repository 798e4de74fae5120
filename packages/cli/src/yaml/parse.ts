import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import { CliError } from '../cli-error.ts'
import { locate, type Place } from './locate.ts'

/** More than control takes: YAML is longer than what is sent of it. */
const MAX_BYTES = 5 * 1_024 * 1_024
/** How often anchors may be repeated, with all they hold: more is a bomb, not a configuration. */
const MAX_ALIASES = 100

export interface ParsedYaml {
  value: unknown
  /** Where the field of an issue stands. */
  locate: (path: string) => Place | undefined
}

/**
 * Reads one YAML 1.2 document (JSON is one too) as plain data. Refused, with line and column: what is not YAML, a key twice, tags
 * of one's own, a second document, numbers that JSON has not, aliases that multiply. `name` is for the messages.
 */
export function parseYaml(text: string, name: string): ParsedYaml {
  if (Buffer.byteLength(text) > MAX_BYTES)
    throw new CliError(`${name} is larger than ${MAX_BYTES >> 20} MiB`, { code: 'bad_file' })
  const lines = new LineCounter()
  const refuse = (problems: readonly string[]): CliError =>
    new CliError(`${name} cannot be read as YAML or JSON`, { code: 'bad_file', lines: problems.slice(0, 10) })
  try {
    const document: Document.Parsed = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      lineCounter: lines,
      // The message alone: it gets its place in our way.
      prettyErrors: false,
      stringKeys: true,
      uniqueKeys: true,
    })
    const at = (offset: number): string => placed(name, lines.linePos(offset))
    const problems = [...document.errors, ...document.warnings].map(({ pos, message }) => `${at(pos[0])} ${sentence(message)}`)
    problems.push(...badNumbers(document).map(({ offset, source }) => `${at(offset)} ${source} is no number that JSON has`))
    if (problems.length > 0) throw refuse(problems)
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES })
    // Throws where an alias makes something part of itself.
    JSON.stringify(value)
    return { value, locate: (path) => locate(document, lines, path) }
  } catch (error) {
    if (error instanceof CliError) throw error
    throw refuse([reasonOf(error)])
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof TypeError && error.message.includes('circular')) return 'a part of it contains itself'
  return sentence(error instanceof Error ? error.message : String(error))
}

/** `config.yaml:12:5`, which terminals and editors make a link. */
export function placed(name: string, { line, col }: { line: number; col: number }): string {
  return `${name}:${line}:${col}`
}

function sentence(message: string): string {
  if (message.startsWith('Excessive alias count')) return 'its aliases multiply beyond measure'
  if (message.startsWith('Source contains multiple documents')) return 'a second document begins here: it is to be one'
  // The library reports it as any other error, or lets it through.
  if (message.startsWith('Maximum call stack')) return 'it is nested too deeply'
  return message.split('\n')[0] ?? ''
}

function badNumbers(document: Document): { offset: number; source: string }[] {
  const found: { offset: number; source: string }[] = []
  visit(document, {
    Scalar(_, node) {
      if (!isScalar(node) || typeof node.value !== 'number') return
      const exact = Number.isFinite(node.value) && (!Number.isInteger(node.value) || Number.isSafeInteger(node.value))
      if (!exact) found.push({ offset: node.range?.[0] ?? 0, source: node.source ?? String(node.value) })
    },
  })
  return found
}
