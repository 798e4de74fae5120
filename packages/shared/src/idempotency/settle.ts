import { retryD1 } from '../db/retry.ts'
import type { StoredAnswer } from './answer.ts'

export interface KeyOwner {
  client: string
  key: string
  owner: string
}

/**
 * Stores the answer under a key, once: of two that settle it, the first wins. Answers whether this one did.
 */
export async function storeAnswer(db: D1Database, { client, key, owner }: KeyOwner, answer: StoredAnswer): Promise<boolean> {
  const sql = `UPDATE idempotency_keys SET state = 'done', answer = ?4
    WHERE client = ?1 AND key = ?2 AND owner = ?3 AND state = 'running'`
  const { meta } = await retryD1(() => db.prepare(sql).bind(client, key, owner, JSON.stringify(answer)).run())
  return meta.changes > 0
}

/** Gives a key back: nothing was called, so the next request with it is as good as the first. */
export async function releaseKey(db: D1Database, { client, key, owner }: KeyOwner): Promise<void> {
  const sql = `DELETE FROM idempotency_keys WHERE client = ?1 AND key = ?2 AND owner = ?3 AND state = 'running'`
  await retryD1(() => db.prepare(sql).bind(client, key, owner).run())
}
