import { idempotencyKey } from '../contracts/execution-api.ts'
import { sha256Hex } from '../core/bytes.ts'
import { AppError } from '../core/errors.ts'
import { canonical } from '../config/revision.ts'

/**
 * The key of a request (draft-ietf-httpapi-idempotency-key-header): a quoted string, as the draft wants it, or the bare text
 * that most clients send; both name the same key. `undefined` where there is none.
 * @throws AppError 400 when it is not usable.
 */
export function readIdempotencyKey(headers: Headers): string | undefined {
  const header = headers.get('idempotency-key')?.trim()
  if (header === undefined) return undefined
  const text = /^".*"$/s.test(header) ? header.slice(1, -1).replace(/\\(["\\])/g, '$1') : header
  const parsed = idempotencyKey.safeParse(text)
  if (parsed.success) return parsed.data
  throw new AppError('validation_failed', 'The Idempotency-Key is not usable; see issues.', {
    issues: [{ path: 'Idempotency-Key', message: '1 to 255 printable ASCII characters without spaces, with or without quotes' }],
  })
}

/** What a request under a key was: SHA-256 over the endpoint and the body, whatever the order of its fields. */
export function requestFingerprint(endpoint: string, body: unknown): Promise<string> {
  return sha256Hex(`${endpoint}\n${canonical(body)}`)
}

/**
 * The key that an upstream sees for a client's key: two clients may use the same one, and an upstream must not learn what stands
 * in it. SHA-256, so that it has the same form and length everywhere.
 */
export function upstreamKey(client: string, key: string): Promise<string> {
  return sha256Hex(`${client}\n${key}`)
}
