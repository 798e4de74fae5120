import { type Behaviour, behaviour } from './behaviour.ts'

/** One call as `GET /calls` lists it. `status` is null while, and if, no answer was sent. */
export interface Call {
  at: string
  method: string
  path: string
  idempotencyKey: string | null
  effect: 'applied' | 'replayed' | 'none'
  status: number | null
}

export type NewCall = Omit<Call, 'effect' | 'status'>

export interface Write {
  /** What the key stands for: the same key for another request is refused. */
  request: string
  /** The answer's JSON, given again when the key is repeated. */
  answer: string
  subscription: { id: string; status: string } | null
}

/** The behaviour in force. */
export async function readBehaviour(db: D1Database): Promise<Behaviour> {
  const text = await db.prepare('SELECT settings FROM behaviour WHERE id = 1').first<string>('settings')
  return behaviour.parse(text === null ? { mode: 'ok' } : JSON.parse(text))
}

/** Sets the behaviour and counts its calls from zero. */
export async function writeBehaviour(db: D1Database, settings: Behaviour): Promise<void> {
  await db
    .prepare(
      'INSERT INTO behaviour (id, settings, calls) VALUES (1, ?1, 0) ON CONFLICT (id) DO UPDATE SET settings = ?1, calls = 0',
    )
    .bind(JSON.stringify(settings))
    .run()
}

/** Counts a call of the behaviour in force; answers its number, from 1. */
export async function countCall(db: D1Database): Promise<number> {
  return (await db.prepare('UPDATE behaviour SET calls = calls + 1 WHERE id = 1 RETURNING calls').first<number>('calls')) ?? 1
}

/** Records a call that had no effect. `status` null: it will never be answered. */
export async function recordCall(db: D1Database, call: NewCall, status: number | null): Promise<void> {
  await db
    .prepare("INSERT INTO calls (at, method, path, idempotency_key, effect, status) VALUES (?, ?, ?, ?, 'none', ?)")
    .bind(call.at, call.method, call.path, call.idempotencyKey, status)
    .run()
}

/**
 * Applies a write once for its key, in one transaction with the key and the record of the call. Without a key every write is
 * applied. `conflict`: the key belongs to another request.
 */
export async function applyWrite(
  db: D1Database,
  call: NewCall,
  write: Write,
): Promise<{ effect: 'applied' | 'replayed'; answer: string } | { effect: 'conflict' }> {
  const callId = crypto.randomUUID()
  const key = call.idempotencyKey ?? `call:${callId}`
  const mine = 'EXISTS (SELECT 1 FROM idempotency_keys WHERE key = ?1 AND call_id = ?2)'
  const statements = [
    db
      .prepare('INSERT OR IGNORE INTO idempotency_keys (key, call_id, request, answer) VALUES (?1, ?2, ?3, ?4)')
      .bind(key, callId, write.request, write.answer),
    ...(write.subscription
      ? [
          db
            .prepare(
              `INSERT INTO subscriptions (id, status, updated_at) SELECT ?3, ?4, ?5 WHERE ${mine}
               ON CONFLICT (id) DO UPDATE SET status = excluded.status, updated_at = excluded.updated_at`,
            )
            .bind(key, callId, write.subscription.id, write.subscription.status, call.at),
        ]
      : []),
    db
      .prepare(
        `INSERT INTO calls (at, method, path, idempotency_key, effect, status)
         SELECT ?1, ?2, ?3, ?4, CASE WHEN call_id = ?5 THEN 'applied' WHEN request = ?6 THEN 'replayed' ELSE 'none' END,
           CASE WHEN request = ?6 THEN 200 ELSE 422 END
         FROM idempotency_keys WHERE key = ?7`,
      )
      .bind(call.at, call.method, call.path, call.idempotencyKey, callId, write.request, key),
    db.prepare('SELECT call_id, request, answer FROM idempotency_keys WHERE key = ?').bind(key),
    // A call without a key can never be repeated: nothing of it needs to be remembered.
    ...(call.idempotencyKey === null ? [db.prepare('DELETE FROM idempotency_keys WHERE key = ?').bind(key)] : []),
  ]
  const results = await db.batch<{ call_id: string; request: string; answer: string }>(statements)
  const kept = results[statements.length - (call.idempotencyKey === null ? 2 : 1)]?.results[0]
  if (!kept) throw new Error('the key that was just written cannot be read')
  if (kept.call_id === callId) return { effect: 'applied', answer: kept.answer }
  return kept.request === write.request ? { effect: 'replayed', answer: kept.answer } : { effect: 'conflict' }
}

/** A subscription as the API shows it. */
export async function readSubscription(
  db: D1Database,
  id: string,
): Promise<{ id: string; status: string; updatedAt: string } | null> {
  return db.prepare('SELECT id, status, updated_at AS updatedAt FROM subscriptions WHERE id = ?').bind(id).first()
}

/** Every call, oldest first. */
export async function listCalls(db: D1Database): Promise<Call[]> {
  const found = await db
    .prepare('SELECT at, method, path, idempotency_key AS idempotencyKey, effect, status FROM calls ORDER BY seq')
    .all<Call>()
  return found.results
}

/** Forgets the calls; keys and subscriptions stay. */
export async function clearCalls(db: D1Database): Promise<void> {
  await db.prepare('DELETE FROM calls').run()
}
