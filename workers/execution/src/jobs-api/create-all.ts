import type { Client } from '@orchestrator/shared/contracts/client'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { JobCreated } from '@orchestrator/shared/contracts/execution-api'
import { AppError } from '@orchestrator/shared/core/errors'
import { newId } from '@orchestrator/shared/core/ids'
import { assertNever } from '@orchestrator/shared/core/result'
import type { StoredAnswer } from '@orchestrator/shared/idempotency/answer'
import {
  CREATION_KEY_TTL_MS,
  type CreatedJob,
  createJobs,
  type CreationKey,
  type CreationOutcome,
  findCreation,
} from '@orchestrator/shared/jobs/create-jobs'
import { newJobRow } from '@orchestrator/shared/jobs/new-row'
import { clientOrderingKey } from '@orchestrator/shared/jobs/ordering-key'
import { MAX_INLINE_INPUT_BYTES } from '@orchestrator/shared/operations/constants'
import { sendNext } from '../queue/send-follow-ups.ts'
import type { AskedJob } from './check-requests.ts'
import { INPUT_CONCURRENCY } from './constants.ts'
import type { JobsDeps } from './deps.ts'
import { runWithConcurrency } from '@orchestrator/shared/core/run-with-concurrency'

/** A request to make jobs that was checked. */
export interface CreateRequest {
  client: Client
  /** In force: the jobs pin its revision. */
  config: ConfigSnapshot
  jobs: readonly AskedJob[]
  requestId: string
  /** traceparent. */
  trace: string
  key: { key: string; fingerprint: string } | null
  /** The answer once the jobs are there. */
  answer(jobs: readonly JobCreated[]): StoredAnswer
}

/**
 * Makes all jobs of a request, or answers what the same request got before. They are accepted once they are in the database:
 * where sending fails, the sweep brings them.
 * @throws AppError 422 when the key belongs to another request, 503 when nothing durable takes them.
 */
export async function createAll(deps: JobsDeps, request: CreateRequest): Promise<{ answer: StoredAnswer; replayed: boolean }> {
  const shard = deps.writeShard()
  const now = deps.now()
  const made = request.jobs.map((job) => createdJob(deps, request, job, shard.number, now))
  const rows = made.map(({ row }) => row)
  const answer = request.answer(rows.map(({ id, state }) => ({ id, status: state })))
  const key = creationKey(deps, request, answer, now)
  const large = made.flatMap(({ row, text }) => (row.inputKey === null ? [] : [{ key: row.inputKey, text }]))
  if (large.length > 0) {
    // A request that comes again would leave its inputs in R2 without a job.
    const known = key && (await shard.read((db) => findCreation(db, key, now)))
    if (known) return answerOf(known, answer)
    await writeInputs(deps, large)
  }
  const outcome = await shard.write((db) => createJobs(db, { jobs: rows, trace: request.trace, now, key }))
  if (outcome.kind === 'created') await sendNext(deps, rows)
  return answerOf(outcome, answer)
}

function answerOf(outcome: CreationOutcome, own: StoredAnswer): { answer: StoredAnswer; replayed: boolean } {
  switch (outcome.kind) {
    case 'created':
      return { answer: own, replayed: false }
    case 'replayed':
      return { answer: outcome.answer, replayed: true }
    case 'reused': {
      const detail = 'This Idempotency-Key belongs to another request. Use a new key for a new request.'
      throw new AppError('idempotency_key_reused', detail)
    }
    default:
      return assertNever(outcome)
  }
}

function createdJob(
  deps: JobsDeps,
  { client, config, trace }: CreateRequest,
  { request, input, inputBytes }: AskedJob,
  shard: number,
  now: number,
): { row: CreatedJob; text: string } {
  const { connector, operation, queue, orderingKey, onDeath, callback, resultTtlSeconds } = request
  const id = newId('job', shard, now, deps.random)
  const dueAt = request.runAt === undefined ? now + (request.delaySeconds ?? 0) * 1_000 : Math.max(now, Date.parse(request.runAt))
  const inline = inputBytes <= MAX_INLINE_INPUT_BYTES
  const row = newJobRow(
    {
      id,
      state: dueAt > now ? 'scheduled' : 'queued',
      queue,
      inboxId: null,
      provider: null,
      route: null,
      connector,
      operation,
      input: inline ? input : null,
      inputKey: inline ? null : `job-inputs/${id}`,
      configRevision: config.revision,
      // That of the operation or the connector holds.
      policy: null,
      orderingKey: orderingKey === undefined ? null : clientOrderingKey(client.id, orderingKey),
      onDeath,
      dueAt,
      createdAt: now,
      trace,
      client: client.id,
      callback: callback ? JSON.stringify(callback) : null,
      parentId: null,
      resultTtlMs: resultTtlSeconds * 1_000,
    },
    { now, resendGraceMs: config.settings.resendGraceMs },
  )
  return { row: { ...row, client: client.id }, text: input }
}

function creationKey(deps: JobsDeps, request: CreateRequest, answer: StoredAnswer, now: number): CreationKey | null {
  if (!request.key) return null
  const { client, requestId } = request
  const expiresAt = now + CREATION_KEY_TTL_MS
  return { ...request.key, client: client.id, owner: deps.newOwner(), requestId, expiresAt, answer }
}

/** Before the rows: an input without a job harms nobody, a job without its input could not run. */
async function writeInputs(deps: JobsDeps, inputs: readonly { key: string; text: string }[]): Promise<void> {
  try {
    await runWithConcurrency(inputs, INPUT_CONCURRENCY, ({ key, text }) => deps.writeInput(key, text))
  } catch (cause) {
    throw new AppError('unavailable', 'Large inputs cannot be stored right now.', { cause, retryAfterSeconds: 5 })
  }
}
