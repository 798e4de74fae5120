import type { SignatureScheme } from '../../../contracts/preset.ts'
import { err, ok, type Result } from '../../../core/result.ts'
import { readPath } from '../../event-facts.ts'
import { parseJson } from '../../parsed-body.ts'
import type { HeaderReader } from '../../types.ts'
import { parseMilliseconds } from './timestamps.ts'

/**
 * More signatures than this in one request are not looked at: comparing costs a hash for each time they claim. A sender with more
 * headers than that may fill them all.
 */
const MAX_CANDIDATES = 32
/** Each time costs a hash over the whole body, which strangers choose too. Persona sends one for each of two keys. */
const MAX_TIMES = 4
const MAX_HEADER_LENGTH = 16_384

/** One signature the request carries. `timestampText` is what was signed, letter by letter; empty where no time is. */
export interface Candidate {
  signature: string
  timestampText: string
  /** Milliseconds since the epoch, or null where the scheme signs no time. */
  signedAt: number | null
}

type Failure = 'missing_header' | 'malformed_header' | 'malformed_body'

/** Takes the signature headers apart, and the time out of where it stands. Unknown elements are ignored. */
export function readSignatures(
  scheme: SignatureScheme,
  headers: HeaderReader,
  rawBody: () => Uint8Array<ArrayBuffer>,
): Result<Candidate[], Failure> {
  const values = scheme.headers.flatMap((name) => headers.get(name) ?? [])
  if (values.length === 0) return err('missing_header')
  if (values.some((value) => value.length > MAX_HEADER_LENGTH)) return err('malformed_header')
  const found = values.flatMap((value) => readValue(scheme, value))
  if (found.length === 0) return err('malformed_header')
  const outside = readOutsideTime(scheme, headers, rawBody)
  if (outside !== undefined && !outside.ok) return outside
  const candidates: Candidate[] = []
  const times = new Set<string>()
  for (const { signature, timestampText: inside } of found.slice(0, Math.max(MAX_CANDIDATES, scheme.headers.length))) {
    const text = outside?.value ?? inside
    if (scheme.timestamp === null) {
      candidates.push({ signature, timestampText: '', signedAt: null })
      continue
    }
    const signedAt = text === undefined ? undefined : parseMilliseconds(text, scheme.timestamp.unit)
    if (text === undefined || signedAt === undefined) continue
    times.add(text)
    if (times.size > MAX_TIMES) break
    candidates.push({ signature, timestampText: text, signedAt })
  }
  return candidates.length === 0 ? err('malformed_header') : ok(candidates)
}

interface Found {
  signature: string
  timestampText: string | undefined
}

function readValue(scheme: SignatureScheme, value: string): Found[] {
  const { format, timestamp } = scheme
  switch (format.kind) {
    case 'whole': {
      const parts = format.separator === undefined ? [value] : value.split(format.separator)
      return parts.flatMap((part) => {
        const text = part.trim()
        if (!text.startsWith(format.prefix) || text.length === format.prefix.length) return []
        return { signature: text.slice(format.prefix.length), timestampText: undefined }
      })
    }
    case 'pairs': {
      const groups = format.groupSeparator === undefined ? [value] : value.split(format.groupSeparator)
      return groups.flatMap((group) => {
        if (format.style === 'exact' && !isExact(group.split(format.separator), scheme)) return []
        const pairs = readPairs(group, format)
        const times = new Set(timestamp?.from.kind === 'pair' ? valuesOf(pairs, timestamp.from.name) : [])
        // Two different times in one set leave open which one was signed.
        if (times.size > 1) return []
        const [timestampText] = times
        return valuesOf(pairs, format.name).map((signature) => ({ signature, timestampText }))
      })
    }
    case 'positional': {
      const [timestampText, ...signatures] = value.split(format.separator).map((part) => part.trim())
      return signatures.filter((signature) => signature !== '').map((signature) => ({ signature, timestampText }))
    }
  }
}

type Pairs = Extract<SignatureScheme['format'], { kind: 'pairs' }>

function readPairs(text: string, { separator, style }: Pairs): [name: string, value: string][] {
  return text.split(separator).flatMap((element) => {
    const pair = style === 'padded' ? element.trim() : element
    // The first `=` divides: base64 ends in more of them.
    const divider = pair.indexOf('=')
    return divider < 0 ? [] : [[pair.slice(0, divider), pair.slice(divider + 1)] as [string, string]]
  })
}

/** Whether there is the time, then the signature, and nothing else. */
function isExact(elements: readonly string[], { format, timestamp }: SignatureScheme): boolean {
  const names = timestamp?.from.kind === 'pair' ? [timestamp.from.name] : []
  if (format.kind === 'pairs') names.push(format.name)
  return elements.length === names.length && elements.every((element, i) => element.startsWith(`${names[i]}=`))
}

function valuesOf(pairs: readonly [string, string][], name: string): string[] {
  return pairs.flatMap(([key, value]) => (key === name && value !== '' ? [value] : []))
}

/** A time that stands outside the signature's header; `undefined` where the scheme has none there. */
function readOutsideTime(
  scheme: SignatureScheme,
  headers: HeaderReader,
  rawBody: () => Uint8Array<ArrayBuffer>,
): Result<string, Failure> | undefined {
  const from = scheme.timestamp?.from
  if (from?.kind === 'header') {
    const value = from.names.map((name) => headers.get(name)).find((text) => text !== null)
    return value === undefined || value === null ? err('missing_header') : ok(value.trim())
  }
  if (from?.kind === 'body') {
    const value = readPath(parseJson(rawBody()), from.path)
    return typeof value === 'string' || typeof value === 'number' ? ok(String(value)) : err('malformed_body')
  }
  return undefined
}
