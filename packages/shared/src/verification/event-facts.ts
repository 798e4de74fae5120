import type { FactSource, Preset, SimpleFact } from '../contracts/preset.ts'
import { type ParsedBody, parseJsonText } from './parsed-body.ts'
import type { HeaderReader, VerificationFacts } from './types.ts'

/** Longer texts are no identifiers; they would only swell keys and rows. */
const MAX_FACT_LENGTH = 255

export interface EventFacts {
  eventId: string | null
  type: string | null
}

/** What facts are read from. `url` with its query, as it came. */
export interface EventSource {
  body: ParsedBody
  headers: HeaderReader
  url: string
  claims?: VerificationFacts['claims'] | undefined
}

/** The event's id and type where the preset says they stand. */
export function readEventFacts(preset: Pick<Preset, 'eventId' | 'eventType'>, source: EventSource): EventFacts {
  return { eventId: readFact(preset.eventId, source), type: readFact(preset.eventType, source) }
}

/** One fact as text, `null` when it is not there, empty, or too long to be one. */
export function readFact(fact: FactSource | null, source: EventSource): string | null {
  if (fact === null) return null
  switch (fact.kind) {
    case 'first': {
      for (const each of fact.of) {
        const value = readFact(each, source)
        if (value !== null) return value
      }
      return null
    }
    case 'join': {
      const parts = fact.of.map((each) => readFact(each, source))
      const text = parts.join(fact.separator)
      return parts.includes(null) || text.length > MAX_FACT_LENGTH ? null : text
    }
    default: {
      const value = readSimple(fact, source)
      const text = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : value
      return typeof text === 'string' && text !== '' && text.length <= MAX_FACT_LENGTH ? text : null
    }
  }
}

function readSimple(fact: SimpleFact, { body, headers, url, claims }: EventSource): unknown {
  switch (fact.kind) {
    case 'body': {
      const value = readPath(body.json, fact.path)
      if (typeof value === 'number' && !Number.isSafeInteger(value) && Number.isInteger(value))
        return exactNumber(body.text, fact.path)
      return named(value, fact.names)
    }
    case 'header':
      return named(headers.get(fact.name), fact.names)
    case 'query':
      return new URL(url).searchParams.get(fact.name)
    case 'form': {
      const value = body.form?.find(([name]) => name === fact.name)?.[1]
      return fact.path === undefined || value === undefined ? value : readPath(parseJsonText(value), fact.path)
    }
    case 'claim':
      return claims?.[fact.name]
    case 'key':
      return body.json !== null && typeof body.json === 'object' && !Array.isArray(body.json)
        ? Object.keys(body.json).find((key) => !fact.except.includes(key))
        : undefined
    case 'constant':
      return fact.value
  }
}

function named(value: unknown, names: Readonly<Record<string, string>> | undefined): unknown {
  return names !== undefined && Object.hasOwn(names, String(value)) ? names[String(value)] : value
}

/** Follows a dotted path of own properties; numbers step into arrays. */
export function readPath(json: unknown, path: string): unknown {
  let value: unknown = json
  for (const step of path.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string, unknown>)[step]
  }
  return value
}

/** Integers of 64 bits lose their last digits as numbers, and two events would look like one: their own digits, as sent. */
function exactNumber(text: string | undefined, path: string): unknown {
  if (text === undefined) return undefined
  try {
    const withDigits: unknown = JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
      typeof value === 'number' && !Number.isSafeInteger(value) ? (context?.source ?? value) : value,
    )
    return readPath(withDigits, path)
  } catch {
    // Thousands of levels deep: with a function to call, the parser recurses.
    return undefined
  }
}
