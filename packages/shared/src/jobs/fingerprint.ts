import { createHash } from 'node:crypto'
import type { DeathClass } from '../contracts/jobs.ts'

/** Longer errors differ, if at all, in what does not matter, characters. */
const MAX_COMPARED = 1_000

/**
 * What differs between two occurrences of the same error, in this order: queries of URLs, quoted values,
 * ids (ours and UUIDs), e-mail addresses, words of hex, whatever word has a digit in it, numbers.
 */
const OCCURRENCE: readonly [RegExp, string][] = [
  [/(https?:\/\/[^\s?#"'”]*)[?#][^\s"'”]*/gi, '$1'],
  [/"[^"]*"|'[^'\n]{0,200}'(?!\w)|`[^`]*`|“[^”]*”|«[^»]*»/g, '“”'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '#'],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '#'],
  [/\b(?:0x)?(?=[0-9a-f]*\d)[0-9a-f]{6,}\b/gi, '#'],
  [/[\w-]*\d[\w-]*/g, '#'],
]

/** The code of an answer tells errors apart, unlike other numbers. */
const STATUS = /\b(status|answered) (\d)(\d)(\d)\b/gi

/**
 * Stands for all deaths of the same kind: class, connector and error, without what differs from one occurrence to the next.
 * `<class>:<connector or ->:<12 hex digits>`. Pure.
 */
export function fingerprintOf(deathClass: DeathClass, connector: string | null, error: string): string {
  return `${deathClass}:${connector ?? '-'}:${errorHash(error)}`
}

/** The last part of a fingerprint. */
export function errorHash(error: string): string {
  return createHash('sha256').update(essence(error)).digest('hex').slice(0, 12)
}

/** A fingerprint in SQL, of expressions for its parts. */
export function fingerprintSql(deathClass: string, connector: string, hash: string): string {
  return `${deathClass} || ':' || coalesce(${connector}, '-') || ':' || ${hash}`
}

function essence(error: string): string {
  // Letters in the place of the digits of a status: what has digits is taken out.
  const spelt = error
    .slice(0, MAX_COMPARED)
    .replace(STATUS, (_all, word: string, ...digits: string[]) => `${word} ${digits.slice(0, 3).map(toLetter).join('')}`)
  const kept = OCCURRENCE.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), spelt)
  return kept
    .replace(/(?:#[\s,.:;/-]*)+/g, '#')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()
}

function toLetter(digit: string): string {
  return 'ghijklmnop'[Number(digit)] ?? ''
}
