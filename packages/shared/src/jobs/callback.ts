/**
 * The job that tells how another one ended: made by the same batch that ends it, under an id that was minted beforehand and is
 * noted in the `callback` of the one that ended. It has no callback of its own.
 */
import type { LogEvent } from '../contracts/events.ts'
import { columnList, JOB_COLUMNS } from '../db/columns.ts'
import type { JobRow } from '../db/data-schema.ts'
import { CLIENT_KEY_PREFIX } from './ordering-key.ts'

/** A longer result does not travel in the callback; the receiver reads it from the job. Characters. */
const MAX_TOLD_RESULT = 65_536

const time = (ms: string): string => `strftime('%Y-%m-%dT%H:%M:%fZ', ${ms} / 1000.0, 'unixepoch')`

/** The contract's `callbackInput` of a job `j`. A result that nests deeper than SQLite's JSON can is not told. */
const INPUT = `json_object('job', json_object('id', j.id, 'status', j.state, 'connector', j.connector, 'operation', j.operation,
  'queue', j.queue, 'orderingKey', substr(j.ordering_key, length('${CLIENT_KEY_PREFIX}' || j.client || ':') + 1),
  'createdAt', ${time('j.created_at')}, 'dueAt', ${time('j.due_at')}, 'finishedAt', ${time('j.finished_at')},
  'generation', j.generation, 'lastError', j.last_error,
  'result', iif(length(j.result) <= ${MAX_TOLD_RESULT} AND json_valid(j.result), json(j.result), NULL),
  'resultExpiresAt', iif(j.result IS NULL, NULL, ${time('(j.finished_at + j.result_ttl_ms)')}),
  'callbackJobId', j.callback ->> '$.jobId', 'parentId', j.parent_id))`

export interface CallbackSql {
  /** Joins the jobs `j` that ended in this batch. */
  from: string
  /** The id minted for the callback. */
  id: string
  /** Sequence of the log's row that tells of it. */
  seq: string
  trace: string
  now: string
  graceMs: string
}

/** Notes the id of the callback in the job that ends; `id` is SQL, and null where there is none. */
export function notedCallback(id: string): string {
  return `iif(${id} IS NULL, j.callback, json_set(j.callback, '$.jobId', ${id}))`
}

/** Inserts the callbacks of jobs that end in this batch, once, and answers them (`NextJob`). */
export function insertCallbacks({ from, id, seq, trace, now, graceMs }: CallbackSql): string {
  const values: Record<keyof JobRow, string> = {
    id,
    state: `'queued'`,
    generation: '1',
    queue: `j.callback ->> '$.queue'`,
    inboxId: 'NULL',
    provider: 'NULL',
    route: 'NULL',
    connector: `j.callback ->> '$.connector'`,
    operation: `j.callback ->> '$.operation'`,
    input: INPUT,
    configRevision: 'j.config_revision',
    policy: 'NULL',
    orderingKey: 'NULL',
    n: 'NULL',
    attempts: '0',
    lostLeases: '0',
    nativeDeaths: '0',
    token: 'NULL',
    leaseUntil: 'NULL',
    dueAt: now,
    wakeAt: `${now} + ${graceMs}`,
    resends: '0',
    firstStartedAt: 'NULL',
    createdAt: now,
    finishedAt: 'NULL',
    lastError: 'NULL',
    result: 'NULL',
    trace,
    log: `json_array(${seq})`,
    client: 'j.client',
    callback: 'NULL',
    parentId: 'j.id',
    resultTtlMs: 'j.result_ttl_ms',
    inputKey: 'NULL',
    onDeath: 'NULL',
    keyGeneration: 'NULL',
    bulkId: 'NULL',
  }
  return `INSERT OR IGNORE INTO jobs (${columnList(JOB_COLUMNS)})
SELECT ${JOB_COLUMNS.map((column) => values[column]).join(', ')} FROM ${from} AND j.callback ->> '$.jobId' = ${id}
RETURNING id, generation, queue, trace, state, due_at AS dueAt`
}

/** What the log tells of a callback, in the row that tells of its job's end. */
export function callbackEvents(jobId: string, callbackId: string): LogEvent[] {
  return [
    { type: 'job.callback_created', jobId, data: { callbackJobId: callbackId } },
    { type: 'job.queued', jobId: callbackId, data: { parentId: jobId } },
  ]
}
