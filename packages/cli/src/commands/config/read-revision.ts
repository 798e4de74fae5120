import { usageError } from '../../cli-error.ts'

/** The number of a revision. */
export function readRevision(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw usageError(`“${text}” is not the number of a revision`, 'orc config history lists them.')
  return Number(text)
}
