/** Rows by the hundred thousand, made by the database itself. Row `n` (from 1) has an id and a time that grow with it. */

/** Ids begin in this century (the ten characters of an id's time are base 32, and digits of it). */
const ID_TIME = 1_760_000_000
/** One row at a time takes as long, in rows a statement makes. */
const CHUNK = 50_000

/** Every so many rows are alike, so that the newest pages of 10,000 rows look like those of a million. */
export const PERIOD = 1_000

/** The ten characters that stand for the time of row `n`. */
export const timeCharacters = (n: number): string => String(ID_TIME + n).padStart(10, '0')

const rows = (from: number, to: number) => `WITH RECURSIVE r(n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM r WHERE n < ${to})`
const id = (prefix: 'whk' | 'job') => `'${prefix}_00' || printf('%010d', ${ID_TIME} + n) || printf('%016d', n)`
/** `value` in every so manieth row, `other` in the rest. */
const each = (every: number, value: string, other: string) => `iif(n % ${every} = 0, ${value}, ${other})`

const TRACE = `'00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'`

const INSERTS: Record<'inbox' | 'jobs' | 'events' | 'deadLetters', (from: number, to: number) => string> = {
  inbox: (
    from,
    to,
  ) => `INSERT INTO inbox (id, provider, dedupe_key, event_id, type, status, received_at, headers, body_size, body_encoding,
      body, verification, trace, config_revision, log)
    ${rows(from, to)} SELECT ${id('whk')}, ${each(PERIOD, `'rare'`, `'stripe'`)}, n, n, ${each(10, `'invoice.paid'`, `'charge.created'`)},
      ${each(50, `'ignored'`, `'accepted'`)}, n, '[]', 100, 'utf8', '{}', '{}', ${TRACE}, 1, json_array(n) FROM r`,
  jobs: (from, to) => `INSERT INTO jobs (id, state, generation, queue, inbox_id, connector, operation, config_revision, attempts,
      lost_leases, native_deaths, due_at, resends, created_at, finished_at, trace, log, client)
    ${rows(from, to)} SELECT ${id('job')}, ${each(20, `'dead'`, `'succeeded'`)}, 1, ${each(PERIOD, `'low'`, `'webhook'`)},
      ${id('whk')}, ${each(PERIOD, `'rare'`, `'billing'`)}, 'echo', 1, 1, 0, 0, n, 0, n, n, ${TRACE}, json_array(n),
      ${each(10, `'shop'`, 'NULL')} FROM r`,
  events: (from, to) => `INSERT INTO events (seq, at, kind, provider, connector, inbox_id, job_id, trace, failed, attempt, events)
    ${rows(from, to)} SELECT n, n * 10, ${each(2, `'attempt'`, `'event'`)}, 'stripe', ${each(8, `'shop'`, `'billing'`)}, ${id('whk')},
      ${id('job')}, ${TRACE}, ${each(20, '1', 'NULL')},
      ${each(
        2,
        `json_object('attempt', 1, 'generation', 1, 'operation', 'echo', 'method', 'GET', 'url', 'https://b.example', 'startedAt', n,
          'durationMs', 5, 'outcome', iif(n % 20 = 0, 'failure', 'success'), 'status', 200, 'failure', NULL, 'error', NULL,
          'idempotencyKey', 'k', 'responseExcerpt', NULL)`,
        'NULL',
      )},
      json_array(json_object('type', ${each(PERIOD, `'job.dead'`, `'job.succeeded'`)}, 'jobId', ${id('job')})) FROM r`,
  deadLetters: (
    from,
    to,
  ) => `INSERT INTO dead_letters (job_id, generation, class, queue, connector, operation, error, attempts, died_at,
      status, provider, event_type, fingerprint)
    ${rows(from, to)} SELECT ${id('job')}, 1, ${each(PERIOD, `'poison'`, `'timeout'`)}, 'webhook', ${each(10, `'shop'`, `'billing'`)},
      'echo', ${each(PERIOD, `'a rare error'`, `'status 503'`)}, 4, n, ${each(10, `'replayed'`, `'open'`)}, 'stripe', 'invoice.paid',
      ${each(10, `'f1'`, `'f2'`)} FROM r`,
}

/** No more dead letters than this. */
const MAX_DEAD_LETTERS = 100_000

/** Brings every table from so many rows to so many more. */
export async function growTables(db: D1Database, from: number, to: number): Promise<void> {
  for (const [table, insert] of Object.entries(INSERTS)) {
    const last = table === 'deadLetters' ? Math.min(to, MAX_DEAD_LETTERS) : to
    for (let first = from + 1; first <= last; first += CHUNK) {
      await db.prepare(insert(first, Math.min(last, first + CHUNK - 1))).run()
    }
  }
}
