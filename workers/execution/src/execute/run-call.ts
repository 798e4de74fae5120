import type { Client } from '@orchestrator/shared/contracts/client'
import type { ConfigSnapshot, Pause } from '@orchestrator/shared/contracts/config'
import type { LogEvent } from '@orchestrator/shared/contracts/events'
import { ok } from '@orchestrator/shared/core/result'
import { type ExecuteOutcome, runExecutePipeline } from '@orchestrator/shared/policy/pipeline'
import type { LimitState, PolicyContext, RateLimitGate } from '@orchestrator/shared/policy/types'
import { idempotencyKey } from '../connectors/idempotency-key.ts'
import { dropBody } from '../connectors/read-response.ts'
import { isIdempotent } from '@orchestrator/shared/policy/is-idempotent'
import { gatedCall } from '../gates/gated-call.ts'
import type { GateTools } from '../gates/gates.ts'
import type { ExecuteDeps } from './deps.ts'
import type { Target } from '@orchestrator/shared/operations/resolve-target'
import type { AnswerForm, ExecuteCall } from './upstream-answer.ts'

/** One request that is allowed, and knows what it calls. Times in ms. */
export interface Work {
  requestId: string
  client: Client
  config: ConfigSnapshot
  target: Target
  input: unknown
  /** How the caller wants the answer. */
  form: AnswerForm
  startedAt: number
  deadlineAt: number
  /** Ends with the caller. */
  signal: AbortSignal
  /** The span of this request. */
  traceparent: string
  /** What the upstream gets as the name of this work, the same for all attempts where the policy says so. */
  upstreamKey: string
}

/** One call that was made, or that its configuration did not allow. */
export interface Made {
  call: ExecuteCall
  /** Counted from 1; hedged calls share one. */
  attempt: number
  /** The span of the attempt. */
  trace: string
}

export interface Ran {
  /** `broken`: something of our own failed before a call was made. */
  outcome: ExecuteOutcome | { kind: 'broken'; error: unknown; attempts: number }
  made: readonly Made[]
  /** How the rate limit of what is called stands. */
  limit: LimitState | undefined
  events: readonly Omit<LogEvent, 'jobId'>[]
  /** What the gates still have to tell; events may come of it. */
  kept: readonly Promise<unknown>[]
}

/** Makes the call under its policy, with its retries. Never throws. */
export async function runCall(deps: ExecuteDeps, work: Work): Promise<Ran> {
  const { target, config } = work
  const { connector, operation, policy } = target
  const made: Made[] = []
  const events: Omit<LogEvent, 'jobId'>[] = []
  const kept: Promise<unknown>[] = []
  const limits: { last?: LimitState } = {}
  const tools: GateTools = {
    emit: (event) => void events.push(event),
    keep: (promise) => void kept.push(promise),
    onFailing: (_connector, _policy, failingSince) => deps.autoPause.onFailing(place, failingSince),
  }
  const place = { connector: connector.id, policy, config, tools }
  const gatesUnder = (decided: ConfigSnapshot): Pick<PolicyContext, 'pausedBy' | 'rateLimit' | 'breaker'> => {
    const gated = gatedCall(target, decided, { client: work.client.id, input: work.input })
    return {
      pausedBy: pauseOf(decided, connector.id),
      rateLimit: remembering(deps.gates.rateLimit(gated, tools), limits),
      breaker: deps.gates.breaker(gated, tools),
    }
  }
  const context: PolicyContext = {
    policy,
    job: { attempts: 0, firstStartedAt: work.startedAt, deferredByBreaker: false },
    ...gatesUnder(config),
    renewed: async () => gatesUnder(await deps.configNow().catch(() => config)),
    retryBudget: deps.gates.retryBudget(connector.id, policy),
    idempotent: isIdempotent(operation),
    lease: null,
    deadlineAt: work.deadlineAt,
    signal: work.signal,
    attemptMs: 0,
    now: deps.now,
    random: deps.random,
    timer: deps.timer,
    onDisable: () => deps.autoPause.onDisable(place),
    emit: (event) => tools.emit(event),
  }
  let outcome: Ran['outcome']
  try {
    outcome = await runExecutePipeline(context, async (inner) => {
      const one = await makeCall(deps, work, inner)
      made.push(one)
      return one.call
    })
  } catch (error) {
    outcome = { kind: 'broken', error, attempts: made.length }
  }
  await cancelUnused(made, outcome)
  return { outcome, made, limit: limits.last, events, kept }
}

async function makeCall(deps: ExecuteDeps, work: Work, { job, signal, attemptMs }: PolicyContext): Promise<Made> {
  const { connector, operation, policy } = work.target
  const trace = deps.newTraceparent(work.traceparent)
  const marks = { id: work.upstreamKey, answeredFailures: job.answeredFailures ?? 0 }
  const call = await deps.call(
    {
      connector,
      operation,
      input: ok(work.input),
      idempotencyKey: idempotencyKey(policy.idempotency.keyPer, marks),
      traceparent: trace,
      signal,
      attemptMs,
      form: work.form,
    },
    work.config,
  )
  return { call, attempt: job.attempts + 1, trace }
}

/** Bodies that nobody will read: of calls that were judged failures all the same, or were slower than another. */
async function cancelUnused(made: readonly Made[], outcome: Ran['outcome']): Promise<void> {
  for (const { call } of made) {
    const used = outcome.kind === 'succeeded' && outcome.call === call
    if (used || call.answer?.body.kind !== 'stream') continue
    await dropBody(call.answer.body.stream)
  }
}

/** Calls of `/execute` wait in no queue, and come of no provider. */
function pauseOf({ pauses }: ConfigSnapshot, connector: string): Pause | null {
  return pauses.find(({ kind, id }) => kind === 'connector' && id === connector) ?? null
}

/** The gate, which also remembers what it said of the limit: a successful answer tells it too. */
function remembering(gate: RateLimitGate, limits: { last?: LimitState }): RateLimitGate {
  return {
    async enter() {
      const entry = await gate.enter()
      if (entry.limit) limits.last = entry.limit
      return entry
    },
  }
}
