import { isDeepStrictEqual } from 'node:util'
import type { Answer } from '../support/ingress.ts'
import type { Vector } from './vector.ts'

/** These lines bind in both directions. Of `vendor` lines the vendor's verdict is the limit of laxness; `either` binds in none. */
const BINDING = new Set<Vector['strength']>(['must', 'docs', 'docs-scheme', 'hardening'])

/** Says how an answer differs from the one a correct receiver gives; `undefined`: it does not. */
export function disagreement(vector: Vector, answer: Answer): string | undefined {
  const verdict = verdictOf(answer)
  const wanted = vector.expect
  if (verdict === 'failed') return `answered ${answer.status} ${answer.body.slice(0, 200)}`
  if (wanted === 'challenge') {
    if (answer.stored) return 'stored a handshake as an event'
    return vector.challenge_response ? challengeDifference(vector.challenge_response, answer) : undefined
  }
  // Whatever the line's strength: an event that was answered and not kept is lost.
  if (wanted === 'accept' && verdict === 'handshake') return 'answered, and stored no event'
  if (BINDING.has(vector.strength) && verdict !== wanted) return `expected ${wanted}, answered ${answer.status}`
  const vendor = vector.vendor_verdict ?? wanted
  if (vector.strength === 'vendor' && vendor === 'reject' && verdict !== 'reject') return 'laxer than the vendor'
  return verdict === 'accept' && wanted === 'accept' ? factDifference(vector, answer) : undefined
}

export type OurVerdict = 'accept' | 'reject' | 'handshake' | 'failed'

/** What ingress made of a request. */
export function verdictOf({ status, stored }: Pick<Answer, 'status' | 'stored'>): OurVerdict {
  if (status >= 500) return 'failed'
  if (status >= 400) return stored ? 'failed' : 'reject'
  return stored ? 'accept' : 'handshake'
}

function factDifference(vector: Vector, { stored }: Answer): string | undefined {
  const { expect_event_id: id, expect_event_type: type } = vector
  if (id !== undefined && id !== (stored?.eventId ?? null)) return `event id ${stored?.eventId}, expected ${id}`
  if (type !== undefined && type !== (stored?.type ?? null)) return `event type ${stored?.type}, expected ${type}`
  return undefined
}

function challengeDifference(wanted: NonNullable<Vector['challenge_response']>, answer: Answer): string | undefined {
  const { status, headers, body } = answer
  if (status !== wanted.status) return `answered ${status}, expected ${wanted.status}`
  const type = headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (wanted.content_type !== undefined && type !== wanted.content_type.split(';', 1)[0]?.trim().toLowerCase()) {
    return `answered ${type}, expected ${wanted.content_type}`
  }
  for (const [name, value] of Object.entries(wanted.headers ?? {})) {
    if (headers.get(name) !== value) return `header ${name} is ${headers.get(name)}, expected ${value}`
  }
  if (wanted.body === undefined) return undefined
  const same = wanted.match === 'json' ? isDeepStrictEqual(parse(body), parse(wanted.body)) : body === wanted.body
  return same ? undefined : `answered ${body.slice(0, 200)}, expected ${wanted.body.slice(0, 200)}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
