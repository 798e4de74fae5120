import { err, ok, type Result } from '../core/result.ts'
import type { HmacScheme } from './preset.ts'
import type { HeaderReader } from './types.ts'

/** What a request says about its signature. `timestampText` is what was signed, letter by letter; empty where none is. */
export interface SignatureParts {
  candidates: string[]
  timestampText: string
  /** Seconds, or null where the scheme signs no time. */
  timestamp: number | null
}

/** Takes the signature header (and the timestamp's own header) apart. Unknown pairs are ignored, two different times are not. */
export function readSignature(
  scheme: HmacScheme,
  headers: HeaderReader,
): Result<SignatureParts, 'missing_header' | 'malformed_header'> {
  const value = headers.get(scheme.header)
  if (value === null) return err('missing_header')
  const candidates = readCandidates(scheme.format, value)
  if (candidates.length === 0) return err('malformed_header')
  if (scheme.timestamp === null) return ok({ candidates, timestampText: '', timestamp: null })
  const { from, unit } = scheme.timestamp
  const texts = from.kind === 'header' ? headers.get(from.name) : readPairs(scheme.format, value, from.name)
  if (texts === null) return err('missing_header')
  const distinct = new Set(typeof texts === 'string' ? [texts.trim()] : texts)
  const [timestampText] = distinct
  if (timestampText === undefined || distinct.size > 1 || !/^\d{1,15}$/.test(timestampText)) return err('malformed_header')
  const timestamp = unit === 'seconds' ? Number(timestampText) : Math.floor(Number(timestampText) / 1000)
  return ok({ candidates, timestampText, timestamp })
}

function readCandidates(format: HmacScheme['format'], value: string): string[] {
  if (format.kind === 'pairs') return readPairs(format, value, format.name)
  const text = value.trim()
  return text.startsWith(format.prefix) && text.length > format.prefix.length ? [text.slice(format.prefix.length)] : []
}

/** The values of every pair with this name. The first `=` divides: base64 ends in more of them. */
function readPairs(format: HmacScheme['format'], value: string, name: string): string[] {
  if (format.kind !== 'pairs') return []
  return value.split(format.separator).flatMap((pair) => {
    const divider = pair.indexOf('=')
    if (divider < 0 || pair.slice(0, divider).trim() !== name) return []
    const text = pair.slice(divider + 1).trim()
    return text === '' ? [] : [text]
  })
}
