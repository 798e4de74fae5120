import type { FactSource, Preset } from './preset.ts'
import type { HeaderReader } from './types.ts'

/** Longer texts are no identifiers; they would only swell keys and rows. */
const MAX_FACT_LENGTH = 255

export interface EventFacts {
  eventId: string | null
  type: string | null
}

/** The event's id and type where the preset says they stand. `json` is the parsed body, `undefined` when it is not JSON. */
export function readEventFacts(preset: Preset, json: unknown, headers: HeaderReader): EventFacts {
  return { eventId: readFact(preset.eventId, json, headers), type: readFact(preset.eventType, json, headers) }
}

function readFact(source: FactSource | null, json: unknown, headers: HeaderReader): string | null {
  if (source === null) return null
  const value = source.kind === 'header' ? headers.get(source.name) : readPath(json, source.path)
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && text !== '' && text.length <= MAX_FACT_LENGTH ? text : null
}

function readPath(json: unknown, path: string): unknown {
  let value: unknown = json
  for (const step of path.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string, unknown>)[step]
  }
  return value
}
