import type { IdempotencyKeyRow } from '../db/data-schema.ts'
import { retryD1 } from '../db/retry.ts'
import { type StoredAnswer, storedAnswer } from './answer.ts'

/** A request that wants to be the one under its key. Times in ms. */
export interface KeyClaim {
  client: string
  key: string
  fingerprint: string
  /** Unique to one request. */
  owner: string
  requestId: string
  /** When this request is given up for lost: later than its deadline. */
  lockedUntil: number
  expiresAt: number
}

/** What a request with a key may do. */
export type ClaimOutcome =
  /** It is the one: calls, and then stores its answer or releases the key. */
  | { kind: 'owned' }
  /** Another is running. */
  | { kind: 'running'; lockedUntil: number }
  | { kind: 'answered'; answer: StoredAnswer; requestId: string }
  /** Another was running, and its time is over without an answer: whether it called is unknown. */
  | { kind: 'lost'; owner: string; requestId: string }
  /** The key belongs to a request with another body. */
  | { kind: 'reused' }

const COLUMNS = 'fingerprint, state, owner, request_id AS requestId, locked_until AS lockedUntil, answer'
type Row = Pick<IdempotencyKeyRow, 'fingerprint' | 'state' | 'owner' | 'requestId' | 'lockedUntil' | 'answer'>

/** A row is taken over only when its time is over. The owner is unique, so that a repeated claim finds itself. */
const CLAIM = `INSERT INTO idempotency_keys
  (client, key, fingerprint, state, owner, request_id, locked_until, created_at, expires_at, answer)
VALUES (?1, ?2, ?3, 'running', ?4, ?5, CAST(?6 AS INTEGER), CAST(?7 AS INTEGER), CAST(?8 AS INTEGER), NULL)
ON CONFLICT (client, key) DO UPDATE SET fingerprint = excluded.fingerprint, state = 'running', owner = excluded.owner,
  request_id = excluded.request_id, locked_until = excluded.locked_until, created_at = excluded.created_at,
  expires_at = excluded.expires_at, answer = NULL
WHERE idempotency_keys.expires_at <= ?7`
const READ = `SELECT ${COLUMNS} FROM idempotency_keys WHERE client = ?1 AND key = ?2`

/**
 * Claims a key, in one round trip: of all requests that come at once, exactly one owns it. Throws when D1 refuses; then nobody
 * may call.
 */
export async function claimKey(db: D1Database, claim: KeyClaim, now: number): Promise<ClaimOutcome> {
  const { client, key, fingerprint, owner, requestId, lockedUntil, expiresAt } = claim
  const row = await retryD1(async () => {
    const [, read] = await db.batch<Row>([
      db.prepare(CLAIM).bind(client, key, fingerprint, owner, requestId, lockedUntil, now, Math.max(expiresAt, lockedUntil)),
      db.prepare(READ).bind(client, key),
    ])
    return read?.results[0]
  })
  if (!row) throw new Error('the key that was claimed is not there')
  return judge(row, claim, now)
}

function judge(row: Row, { owner, fingerprint }: KeyClaim, now: number): ClaimOutcome {
  if (row.owner === owner) return { kind: 'owned' }
  if (row.fingerprint !== fingerprint) return { kind: 'reused' }
  if (row.state === 'done') {
    const answer = storedAnswer.parse(JSON.parse(row.answer ?? 'null'))
    return { kind: 'answered', answer, requestId: row.requestId }
  }
  if (row.lockedUntil > now) return { kind: 'running', lockedUntil: row.lockedUntil }
  return { kind: 'lost', owner: row.owner, requestId: row.requestId }
}
