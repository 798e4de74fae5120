import type { ConfigSnapshot, Pause } from '@orchestrator/shared/contracts/config'
import type { LogEvent } from '@orchestrator/shared/contracts/events'
import { errorMessage } from '@orchestrator/shared/core/errors'
import type { ClaimedJob } from '@orchestrator/shared/jobs/claim'
import { MAX_LOST_LEASES } from '@orchestrator/shared/jobs/constants'
import { concerns } from '@orchestrator/shared/jobs/pauses'
import { outcomeEvent } from '@orchestrator/shared/policy/outcome-event'
import { type JobOutcome, runPipeline } from '@orchestrator/shared/policy/pipeline'
import { parseTraceparent } from '@orchestrator/shared/telemetry/trace-context'
import { isIdempotent } from '@orchestrator/shared/policy/is-idempotent'
import { idempotencyKey } from '../connectors/idempotency-key.ts'
import { jobInput } from '@orchestrator/shared/operations/job-input'
import { jobWebhook } from '../connectors/job-webhook.ts'
import { resolveJobTarget, type Target } from '@orchestrator/shared/operations/resolve-target'
import { gatedCall } from '../gates/gated-call.ts'
import type { GateTools } from '../gates/gates.ts'
import { MAX_OWN_FAILURE_MS } from './constants.ts'
import type { TurnDeps } from './deps.ts'
import { DEFERRED_BY_BREAKER } from './settle.ts'

/** One job's turn: what it came to, under which span, and the events on the way. */
export interface Turn {
  job: ClaimedJob
  outcome: JobOutcome
  trace: string
  /** What the gates tell later is added. */
  events: Omit<LogEvent, 'jobId'>[]
}

export interface TurnTools {
  config: ConfigSnapshot
  /** All pauses in force. */
  pauses: readonly Pause[]
  /** The attempt time that the lease allows for, ms. */
  leasedAttemptMs: number
  /** Takes what goes on after the turn: reports of the gates, the pause of a connector. */
  keep(work: Promise<unknown>): void
}

/** Works one claimed job once. Never throws: a failure of our own puts the job off, and costs it no attempt. */
export async function takeTurn(deps: TurnDeps, job: ClaimedJob, tools: TurnTools): Promise<Turn> {
  const begun = { job, trace: deps.newTraceparent(job.trace), events: [] as Turn['events'] }
  const outcome = await decideOutcome(deps, begun, tools)
  begun.events.push(outcomeEvent(outcome))
  return { ...begun, outcome }
}

async function decideOutcome(deps: TurnDeps, turn: Omit<Turn, 'outcome'>, tools: TurnTools): Promise<JobOutcome> {
  const { job } = turn
  if (job.lostLeases >= MAX_LOST_LEASES) {
    const error = `${job.lostLeases} consumers were lost while they worked on it`
    return { kind: 'dead', class: 'poison', error, call: null }
  }
  try {
    const pinned = job.configRevision === tools.config.revision ? tools.config : await deps.pinned(job.configRevision)
    if (!pinned) throw new Error(`revision ${job.configRevision} of the configuration cannot be read`)
    const target = resolveJobTarget(pinned, tools.config, job)
    if (!target.ok) return { kind: 'dead', class: 'config_error', error: target.error, call: null }
    return await runJob(deps, turn, target.value, tools)
  } catch (error) {
    deps.logger.log('error', 'a job could not be worked', { jobId: job.id, cause: errorMessage(error) })
    deps.report(error, { job_id: job.id, connector: job.connector, trace_id: parseTraceparent(turn.trace)?.traceId ?? 'none' })
    return ownFailure(deps, job, error)
  }
}

async function runJob(deps: TurnDeps, turn: Omit<Turn, 'outcome'>, target: Target, tools: TurnTools): Promise<JobOutcome> {
  const { job } = turn
  const { config } = tools
  const { connector, operation, policy, mapping } = target
  const pausedBy = tools.pauses.find((pause) => concerns(pause, job)) ?? null
  const readInput = () => jobInput(job, { mapping, operation }, deps.readWebhook, deps.readInput)
  // Only keys of limits need the input before the call.
  const early = !pausedBy && (policy.rateLimit?.key || policy.concurrency?.key) ? await readInput() : undefined
  const gateTools: GateTools = {
    emit: (event) => void turn.events.push(event),
    keep: (work) => tools.keep(work),
    onFailing: (_connector, _policy, failingSince) => deps.autoPause.onFailing(place, failingSince),
  }
  const place = { connector: connector.id, policy, config, tools: gateTools }
  const gated = gatedCall(target, config, { client: job.client, input: early?.ok ? early.value : undefined })
  return runPipeline(
    {
      policy,
      job: {
        attempts: job.attempts,
        firstStartedAt: job.firstStartedAt,
        deferredByBreaker: job.lastError === DEFERRED_BY_BREAKER,
      },
      pausedBy,
      rateLimit: deps.gates.rateLimit(gated, gateTools),
      breaker: deps.gates.breaker(gated, gateTools),
      retryBudget: deps.gates.retryBudget(connector.id, policy),
      idempotent: isIdempotent(operation),
      lease: { until: job.leaseUntil, attemptMs: tools.leasedAttemptMs },
      deadlineAt: Number.POSITIVE_INFINITY,
      signal: new AbortController().signal,
      attemptMs: 0,
      now: deps.now,
      random: deps.random,
      timer: deps.timer,
      onDisable: () => deps.autoPause.onDisable(place),
      emit: (event) => gateTools.emit(event),
    },
    async ({ signal, attemptMs }) =>
      deps.call(
        {
          connector,
          operation,
          input: early ?? (await readInput()),
          webhook: await jobWebhook(job, operation, deps.readWebhook),
          idempotencyKey: idempotencyKey(policy.idempotency.keyPer, job),
          traceparent: turn.trace,
          signal,
          attemptMs,
        },
        config,
      ),
  )
}

/** Nothing the job can help: it waits, but not for ever. */
function ownFailure(deps: TurnDeps, job: ClaimedJob, error: unknown): JobOutcome {
  if (deps.now() - job.firstStartedAt >= MAX_OWN_FAILURE_MS) {
    return { kind: 'dead', class: 'platform', error: errorMessage(error), call: null }
  }
  return { kind: 'refused', by: 'platform', retryAfterMs: deps.ownFailureDelaySeconds * 1_000 }
}
