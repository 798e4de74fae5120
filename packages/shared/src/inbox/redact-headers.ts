import { createHash } from 'node:crypto'
import { soundsSecret } from '../core/secret-names.ts'

/** Headers that prove who somebody is, besides those whose name says it like any secret's. */
const ALWAYS = /session|^cf-access-jwt-assertion$/i

const MARK = '[redacted sha256:'

/** Whether a stored header's value was replaced. */
export function isRedacted(value: string): boolean {
  return value.startsWith(MARK)
}

/**
 * The headers as they may be stored: what proves an identity, or sounds like it, is replaced by `[redacted sha256:<first 8 hex digits>]`, enough
 * to see that two values were the same. `signatureHeaders` in lower case.
 */
export function redactHeaders(headers: Iterable<[string, string]>, signatureHeaders: readonly string[]): [string, string][] {
  const secret = new Set(signatureHeaders)
  return Array.from(headers, ([name, value]): [string, string] => {
    if (!secret.has(name.toLowerCase()) && !ALWAYS.test(name) && !soundsSecret(name)) return [name, value]
    return [name, `${MARK}${createHash('sha256').update(value).digest('hex').slice(0, 8)}]`]
  })
}
