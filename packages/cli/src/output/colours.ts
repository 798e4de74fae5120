import { styleText } from 'node:util'
import type { Io, Output } from '../io.ts'

type Style = Parameters<typeof styleText>[0]

export interface Colours {
  added: (text: string) => string
  changed: (text: string) => string
  removed: (text: string) => string
  bold: (text: string) => string
  dim: (text: string) => string
}

/** Colours only where a person looks, and only who has not declined them (https://no-color.org). */
export function coloursOf(io: Pick<Io, 'env'>, output: Output): Colours {
  const wanted = output.isTTY && !io.env.NO_COLOR && io.env.TERM !== 'dumb'
  const paint = (style: Style) => (text: string) => (wanted ? styleText(style, text, { validateStream: false }) : text)
  return {
    added: paint('green'),
    changed: paint('yellow'),
    removed: paint('red'),
    bold: paint('bold'),
    dim: paint('dim'),
  }
}
