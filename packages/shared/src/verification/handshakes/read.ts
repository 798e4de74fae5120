import { createHmac } from 'node:crypto'
import { decodeUtf8 } from '../../core/bytes.ts'
import type { HandshakeInput } from './types.ts'

/** What senders send to be hashed. The answer is a signature over it: so no event may be of this form (`mayBeChallenge`). */
const HASHABLE = /^[A-Za-z0-9+/=_.~-]{0,256}$/

/** A query parameter that stands there exactly once; `undefined` where it is missing, `null` where it contradicts itself. */
export function parameter({ url }: HandshakeInput, name: string): string | null | undefined {
  const values = new URL(url).searchParams.getAll(name)
  return values.length > 1 ? null : values[0]
}

/** The body's JSON object; empty where it is none. */
export function fields({ body }: Pick<HandshakeInput, 'body'>): Readonly<Record<string, unknown>> {
  return object(body.json)
}

/** A value as the object it is; empty where it is none. */
export function object(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

/** A setting that is one text. */
export function setting({ settings }: HandshakeInput, name: string): string | undefined {
  const value = settings[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** HMAC-SHA-256 of a challenge under the current secret; `undefined` where there is none, or the challenge is no plain token. */
export function hashChallenge({ secrets }: HandshakeInput, challenge: unknown, encoding: 'hex' | 'base64'): string | undefined {
  const secret = secrets[0]?.secret
  if (!secret || typeof challenge !== 'string' || challenge === '' || !HASHABLE.test(challenge)) return undefined
  return createHmac('sha256', secret).update(challenge).digest(encoding)
}

/**
 * Whether a signature over this body could be our own answer to a stranger's question: then it proves nothing. `123` and `null` are
 * such bodies, and JSON too.
 */
export function mayBeChallenge(rawBody: Uint8Array): boolean {
  return HASHABLE.test(decodeUtf8(rawBody) ?? ' ')
}
