import type { DedupeRule, FactSource, Preset, SimpleFact } from '@orchestrator/shared/contracts/preset'
import type { SampleEvent } from '@orchestrator/shared/contracts/sender-guide'
import { utf8 } from '@orchestrator/shared/core/bytes'
import { readFact } from '@orchestrator/shared/verification/event-facts'
import { parseBody } from '@orchestrator/shared/verification/parsed-body'

/** Shorter texts may stand in the sample for something else too. */
const MIN_ID_LENGTH = 6
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * The sample made one of a kind, so that a second test event is not taken for the first once more: with an id of its own wherever
 * the id stands, and where the body counts, with a mark in its JSON. What is neither stays as it is, and is then a duplicate.
 */
export async function freshSample(preset: Preset, rule: DedupeRule, sample: SampleEvent): Promise<SampleEvent> {
  const fresh = await withFreshId(preset, sample)
  return rule.by === 'id' && fresh !== sample ? fresh : { ...fresh, body: withMark(fresh.body) }
}

/** A JSON object with one more field at its end; other texts as they are. */
function withMark(body: string): string {
  const object = /^\s*\{[\s\S]*[^\s{][\s\S]*\}\s*$/.test(body)
  return object ? body.replace(/\}\s*$/, `,"orchestrator_test":"${crypto.randomUUID()}"}`) : body
}

async function withFreshId(preset: Preset, sample: SampleEvent): Promise<SampleEvent> {
  const url = `https://sample.invalid/?${sample.query ?? ''}`
  const body = await parseBody(sample.contentType, utf8(sample.body))
  const source = { body, headers: new Headers(sample.headers), url }
  const old = simpleFacts(preset.eventId)
    .map((fact) => readFact(fact, source))
    .find((value) => value !== null && value.length >= MIN_ID_LENGTH)
  if (!old) return sample
  const fresh = freshId(old)
  const renew = (text: string) => text.replaceAll(old, fresh)
  return {
    ...sample,
    body: renew(sample.body),
    headers: Object.fromEntries(Object.entries(sample.headers).map(([name, value]) => [name, renew(value)])),
    ...(sample.query === undefined ? {} : { query: renew(sample.query) }),
  }
}

function simpleFacts(fact: FactSource | null): SimpleFact[] {
  if (fact === null || fact.kind === 'constant') return []
  return 'of' in fact ? fact.of.flatMap(simpleFacts) : [fact]
}

/** Another id of the same kind: a UUID, a number of as many digits, or the old one with something new behind it. */
function freshId(old: string): string {
  if (UUID.test(old)) return crypto.randomUUID()
  const digits = Array.from(crypto.getRandomValues(new Uint8Array(old.length)), (byte) => byte % 10)
  if (/^\d+$/.test(old)) return old[0] + digits.slice(1).join('')
  return `${old}_${crypto.randomUUID().slice(0, 8)}`
}
