import { decompress } from '../payloads/decompress.ts'
import { parseBody, type ParsedBody } from '../verification/parsed-body.ts'
import { isRedacted } from './redact-headers.ts'

/** Larger bodies are kept but not looked into: no filter can read them. */
export const MAX_PARSED_BYTES = 1_048_576

/** A verified event as routes see it. Nothing that proves an identity is in it. */
export interface EventView {
  provider: string
  /** The sender's id of the event. */
  id: string | null
  type: string | null
  /** A JSON value, the fields of a form, or text; null for other bytes; undefined where it was too large to look into. */
  body: unknown
  headers: Readonly<Record<string, string>>
  query: Readonly<Record<string, string | string[]>>
  path: string
}

/** What a view is made of: at arrival, and the same again from the stored webhook. */
export interface EventViewSource {
  provider: string
  eventId: string | null
  type: string | null
  body: ParsedBody | undefined
  /** As they are stored (`redactHeaders`). */
  headers: Iterable<readonly [name: string, value: string]>
  path: string
  /** As it is stored (`redactQuery`). */
  query: string
}

/** The view of an event. Redacted headers are left out, so that it is the same at arrival and at a replay. */
export function eventView(source: EventViewSource): EventView {
  const headers = [...source.headers].filter(([, value]) => !isRedacted(value))
  return {
    provider: source.provider,
    id: source.eventId,
    type: source.type,
    body: source.body && bodyView(source.body),
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    query: fieldsOf(new URLSearchParams(source.query)),
    path: source.path,
  }
}

/** Looks into a body as it was kept. `undefined`: too large for that, or compressed in a way that cannot be undone. */
export async function readEventBody(
  bytes: Uint8Array<ArrayBuffer>,
  { contentType, contentEncoding }: { contentType: string | null; contentEncoding: string | null },
): Promise<ParsedBody | undefined> {
  const content = await decompress(contentEncoding, bytes, MAX_PARSED_BYTES)
  return content && parseBody(contentType, content)
}

/** The body as expressions see it: filters, ordering keys, and the mapping that makes a job's input. */
export function bodyView({ json, form, text }: ParsedBody): unknown {
  if (json !== undefined) return json
  return form ? fieldsOf(form) : (text ?? null)
}

/** A name that stands there more than once has all its values. */
function fieldsOf(pairs: Iterable<readonly [name: string, value: string]>): Record<string, string | string[]> {
  const values = new Map<string, string | string[]>()
  for (const [name, value] of pairs) {
    const known = values.get(name)
    if (known === undefined) values.set(name, value)
    else if (Array.isArray(known)) known.push(value)
    else values.set(name, [known, value])
  }
  return Object.fromEntries(values)
}
