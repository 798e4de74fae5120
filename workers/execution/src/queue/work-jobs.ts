import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { JobMessage, QueueName } from '@orchestrator/shared/contracts/queue'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { assertNever } from '@orchestrator/shared/core/result'
import type { ClaimResult } from '@orchestrator/shared/jobs/claim'
import type { QueueDeps } from './deps.ts'
import { keepUnknownJob } from './keep-orphan.ts'
import { sendLater } from './send-follow-ups.ts'
import { workClaimed } from './work-claimed.ts'

/** Claim checks of one shard, with what to tell the queue about each. */
export interface JobDelivery {
  message: JobMessage
  ack(): void
  retry(): void
}

/**
 * Works off the claim checks of one shard: claim (one batch of D1), one turn each, finish (one batch), then whatever must be
 * sent. What is acknowledged is settled in the database, or in the hands of a Runner; what fails is safe with its lease and the
 * sweep.
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
      { token, now: deps.now(), attemptMs: leasedAttemptMs },
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
  const undone = await workClaimed(deps, config, { queue, shard, token, leasedAttemptMs }, claimed)
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
