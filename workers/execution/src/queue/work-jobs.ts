import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { JobMessage, QueueName } from '@orchestrator/shared/contracts/queue'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { newId } from '@orchestrator/shared/core/ids'
import { assertNever } from '@orchestrator/shared/core/result'
import type { ClaimedJob, ClaimResult } from '@orchestrator/shared/jobs/claim'
import type { FinishOptions, FinishResult, JobFinish } from '@orchestrator/shared/jobs/finish'
import { concerns, effectivePauses } from '@orchestrator/shared/jobs/pauses'
import { parseTraceparent } from '@orchestrator/shared/telemetry/trace-context'
import { rateLimitKey } from '../connectors/resolve-target.ts'
import { createBatchBreaker } from './breaker-gate.ts'
import { CONCURRENCY } from './constants.ts'
import type { QueueDeps } from './deps.ts'
import { keepUnknownJob } from './keep-orphan.ts'
import { createBatchRateLimit } from './rate-limit-gate.ts'
import { runWithConcurrency } from './run-with-concurrency.ts'
import { sendFollowUps, sendLater, sendNext } from './send-follow-ups.ts'
import { callOf, settle, withCallback } from './settle.ts'
import { takeTurn, type Turn } from './take-turn.ts'

/** Claim checks of one shard, with what to tell the queue about each. */
export interface JobDelivery {
  message: JobMessage
  ack(): void
  retry(): void
}

/**
 * Works off the claim checks of one shard: claim (one batch of D1), one turn each, finish (one batch), then whatever must be
 * sent. Nothing is acknowledged that is not settled in the database; what fails is safe with its lease and the sweep.
 */
export async function workJobs(
  deps: QueueDeps,
  config: ConfigSnapshot,
  queue: QueueName,
  shard: number,
  deliveries: readonly JobDelivery[],
): Promise<void> {
  const token = deps.newToken()
  const leasedAttemptMs = Math.max(1_000, ...config.policies.map((policy) => policy.timeout.perAttemptMs))
  const unique = latestByJob(deliveries)
  let claims: Map<string, ClaimResult>
  try {
    claims = await deps.claim(
      shard,
      unique.map(({ message: { jobId, generation } }) => ({ jobId, generation })),
      { token, now: deps.now(), attemptMs: leasedAttemptMs, concurrency: CONCURRENCY },
    )
  } catch (error) {
    deps.logger.log('error', 'jobs could not be claimed', { shard, jobs: unique.length, cause: errorMessage(error) })
    deps.report(error, { step: 'claim' })
    for (const delivery of deliveries) delivery.retry()
    return
  }
  const claimed = unique.flatMap(({ message: { jobId } }) => {
    const result = claims.get(jobId)
    return result?.outcome === 'claimed' ? [result.job] : []
  })
  const undone = await workClaimed(deps, config, queue, shard, { token, leasedAttemptMs }, claimed)
  for (const delivery of deliveries) {
    const { message } = delivery
    const result = claims.get(message.jobId)
    const settled =
      !undone.has(message.jobId) && (await settleUnclaimed(deps, queue, shard, message, result, unique.includes(delivery)))
    if (settled) delivery.ack()
    else delivery.retry()
  }
}

/** A queue delivers at least once, and an older generation's check may still be about: the newest of a job stands for all. */
function latestByJob(deliveries: readonly JobDelivery[]): JobDelivery[] {
  const latest = new Map<string, JobDelivery>()
  for (const delivery of deliveries) {
    const known = latest.get(delivery.message.jobId)
    if (!known || known.message.generation < delivery.message.generation) latest.set(delivery.message.jobId, delivery)
  }
  return [...latest.values()]
}

/** Answers the jobs whose end could not be written. */
async function workClaimed(
  deps: QueueDeps,
  config: ConfigSnapshot,
  queue: QueueName,
  shard: number,
  claim: { token: string; leasedAttemptMs: number },
  jobs: readonly ClaimedJob[],
): Promise<Set<string>> {
  if (jobs.length === 0) return new Set()
  const pauses = effectivePauses(config)
  const isPaused = (job: ClaimedJob) => pauses.some((pause) => concerns(pause, job))
  const breakers = gatesBy(
    jobs,
    (job) => job.connector,
    isPaused,
    (connector, wanted) => {
      const override = config.breakerOverrides.find((one) => one.connector === connector)?.state
      return createBatchBreaker(connector, wanted, override, () => deps.breaker(connector))
    },
  )
  const limitOf = (job: ClaimedJob) => rateLimitKey(config, job)
  const rateLimits = gatesBy(jobs, limitOf, isPaused, (key, wanted) =>
    createBatchRateLimit(key, wanted, () => deps.rateLimiter(key)),
  )
  const turns = await runWithConcurrency(jobs, CONCURRENCY, async (job) => {
    const breaker = breakers.get(job.connector)
    const rateLimit = rateLimits.get(limitOf(job))
    if (!breaker || !rateLimit) throw new Error(`no gate for ${job.connector}`)
    const turn = await takeTurn(deps, job, { config, pauses, leasedAttemptMs: claim.leasedAttemptMs, breaker, rateLimit })
    logTurn(deps, turn)
    return turn
  })
  for (const [connector, breaker] of breakers) {
    const events = await breaker.close()
    turns.find((turn) => turn.job.connector === connector)?.events.push(...events)
  }
  const now = deps.now()
  const newJobId = () => newId('job', shard, now, deps.random)
  const items = turns.map((turn) => withCallback(settle(turn, now, config.settings.resendGraceMs), turn.job, newJobId))
  const result = await finishAll(deps, shard, items, { token: claim.token, now, graceMs: config.settings.resendGraceMs })
  const applied = turns.flatMap((turn, i) => {
    const item = items[i]
    return item && result.applied.has(turn.job.id) ? [{ job: turn.job, item }] : []
  })
  await sendFollowUps(deps, queue, applied)
  await sendNext(deps, result.next)
  return new Set(result.failed.keys())
}

/** One gate a key, for as many jobs as no pause holds. */
function gatesBy<Gate>(
  jobs: readonly ClaimedJob[],
  keyOf: (job: ClaimedJob) => string,
  isPaused: (job: ClaimedJob) => boolean,
  create: (key: string, wanted: number) => Gate,
): Map<string, Gate> {
  const groups = Map.groupBy(jobs, keyOf)
  return new Map([...groups].map(([key, ofKey]) => [key, create(key, ofKey.filter((job) => !isPaused(job)).length)]))
}

async function finishAll(
  deps: QueueDeps,
  shard: number,
  items: readonly JobFinish[],
  options: FinishOptions,
): Promise<FinishResult> {
  const result = await deps.finish(shard, items, options).catch((error: unknown): FinishResult => allFailed(items, error))
  for (const [jobId, error] of result.failed) {
    deps.logger.log('error', 'the end of an attempt could not be written', { jobId, cause: errorMessage(error) })
    deps.report(error, { step: 'finish', job_id: jobId })
  }
  return result
}

function allFailed(items: readonly JobFinish[], error: unknown): FinishResult {
  return { applied: new Set(), stale: new Set(), failed: new Map(items.map(({ jobId }) => [jobId, error])), next: [] }
}

/** What to do for a message whose job was not claimed now. Answers whether it is done with. */
async function settleUnclaimed(
  deps: QueueDeps,
  queue: QueueName,
  shard: number,
  message: JobMessage,
  result: ClaimResult | undefined,
  /** Whether it stands for all messages of its job in this batch. */
  first: boolean,
): Promise<boolean> {
  switch (result?.outcome) {
    case undefined:
      throw new Error(`the claim says nothing about ${message.jobId}`)
    case 'claimed':
    case 'finished':
    case 'running':
    case 'behind':
      return true
    case 'not_due':
      if (first) await sendLater(deps, queue, message, result.dueAt)
      return true
    case 'unknown':
      return keepUnknownJob(deps, queue, shard, message)
    default:
      return assertNever(result)
  }
}

function logTurn(deps: QueueDeps, { job, outcome, trace }: Turn): void {
  const call = callOf(outcome)
  const parsed = parseTraceparent(trace)
  deps.logger.log('info', 'job attempt', {
    jobId: job.id,
    generation: job.generation,
    attempt: call ? job.attempts + 1 : null,
    connector: job.connector,
    operation: job.operation,
    outcome: outcome.kind,
    end: call?.end.kind,
    status: call?.end.kind === 'answered' ? call.end.status : null,
    durationMs: call?.durationMs,
    traceId: parsed?.traceId,
    spanId: parsed?.spanId,
  })
}
