import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { JobDetail, JobSummary, PayloadSummary } from '@orchestrator/shared/contracts/control-api'
import type { JobState } from '@orchestrator/shared/contracts/jobs'
import type { EventRow, JobRow } from '@orchestrator/shared/db/data-schema'
import { toAttempt } from '../attempts/to-api.ts'
import { toEvents } from '../events/to-api.ts'
import { utf8 } from '@orchestrator/shared/core/bytes'
import { toTime, toTimeOrNull } from '@orchestrator/shared/core/time'
import { evidenceOf } from './evidence.ts'
import type { FoundJob, JobSummaryRow } from './queries.ts'

/** States in which a next attempt has a time. */
const AWAITING: ReadonlySet<JobState> = new Set(['scheduled', 'queued', 'retrying'])

/** `config` is the revision whose policy limits the attempts. */
export function toJobSummary(row: JobSummaryRow, config: ConfigSnapshot | undefined): JobSummary {
  return {
    id: row.id,
    status: row.state,
    generation: row.generation,
    queue: row.queue,
    inboxId: row.inboxId,
    route: row.route,
    connector: row.connector,
    operation: row.operation,
    attemptCount: row.attempts,
    maxAttempts: maxAttemptsOf(row, config),
    lastError: row.lastError,
    createdAt: toTime(row.createdAt),
    nextAttemptAt: AWAITING.has(row.state) ? toTime(row.dueAt) : null,
    finishedAt: toTimeOrNull(row.finishedAt),
  }
}

/** `log` are the rows of the job's log, oldest first, in the shard with this number. */
export function toJobDetail(
  row: FoundJob,
  log: readonly EventRow[],
  shard: number,
  { config, now, longestAttemptMs }: { config: ConfigSnapshot | undefined; now: number; longestAttemptMs: number },
): JobDetail {
  const attempts = log.filter((one) => one.jobId === row.id).flatMap((one) => toAttempt(one, shard) ?? [])
  const events = log.flatMap((one) => toEvents(one, shard)).filter((event) => event.jobId === null || event.jobId === row.id)
  return {
    ...toJobSummary(row, config),
    configRevision: row.configRevision,
    policy: row.policy,
    orderingKey: row.orderingKey,
    onDeath: row.onDeath === 'block' ? 'block' : 'release',
    waitsFor: row.ahead === null ? null : (JSON.parse(row.ahead) as JobDetail['waitsFor']),
    client: row.client,
    parentId: row.parentId,
    input: inputOf(row),
    result: inline(row.result),
    trace: row.trace,
    leaseUntil: toTimeOrNull(row.leaseUntil),
    evidence: evidenceOf(row, { attempts, events, now, longestAttemptMs }),
    attempts,
    events,
  }
}

/** A job of a webhook keeps no input of its own: execution maps it from the webhook's body with the pinned route. */
function inputOf({ input, inputKey, inboxId }: JobRow): PayloadSummary {
  if (input !== null) return inline(input)
  if (inputKey !== null) return { kind: 'stored', bytes: null }
  return { kind: inboxId === null ? 'none' : 'webhook', bytes: null }
}

function inline(text: string | null): PayloadSummary {
  return text === null ? { kind: 'none', bytes: null } : { kind: 'inline', bytes: utf8(text).byteLength }
}

/** The job's policy (its route's) replaces its operation's, that its connector's. */
function maxAttemptsOf(
  row: Pick<JobRow, 'connector' | 'operation' | 'policy'>,
  config: ConfigSnapshot | undefined,
): number | null {
  const operation = config?.operations.find((one) => one.connector === row.connector && one.name === row.operation)
  const connector = config?.connectors.find((one) => one.id === row.connector)
  const policy = row.policy ?? operation?.policy ?? connector?.policy
  return config?.policies.find((one) => one.id === policy)?.retry.maxAttempts ?? null
}
