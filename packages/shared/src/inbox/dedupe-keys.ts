import { createHash } from 'node:crypto'
import type { DedupeRule } from '../contracts/preset.ts'
import { type EventSource, readFact } from '../verification/event-facts.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const EMPTY_BODY = sha256('')

/**
 * The keys under which an event counts as seen: a delivery with any of them is a duplicate. Two where the id is not signed, since
 * a replay could bring a new one. Where a wanted fact is missing, the body's hash takes its place; of a request without a body (an event
 * by GET) the address tells which it is. `bodyHash` in hex; it is asked for
 * only where it is needed.
 */
export function dedupeKeys(rule: DedupeRule, eventId: string | null, source: EventSource, bodyHash: () => string): string[] {
  const hash = () => contentKey(bodyHash(), source.url)
  const id = eventId === null ? [] : [`id:${eventId}`]
  switch (rule.by) {
    case 'id':
      return id.length > 0 ? id : [hash()]
    case 'body':
    case 'id-and-body': {
      const keys = rule.by === 'body' ? [hash()] : [...id, hash()]
      const per = rule.per === undefined ? null : readFact(rule.per, source)
      return per === null ? keys : keys.map((key) => `${key} ${JSON.stringify(per)}`)
    }
    case 'fields':
    case 'id-and-fields': {
      const values = rule.fields.map((field) => readFact(field, source))
      // As JSON, so that no choice of values makes two different lists one text.
      const key = values.includes(null) ? hash() : `fields:${JSON.stringify(values)}`
      return rule.by === 'fields' ? [key] : [...id, key]
    }
  }
}

function contentKey(bodyHash: string, url: string): string {
  return bodyHash === EMPTY_BODY ? `url:${sha256(url)}` : `sha256:${bodyHash}`
}
