import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { LogEvent } from '@orchestrator/shared/contracts/events'
import type { DeadLetterNotice, Delayed, JobMessage, QueueName } from '@orchestrator/shared/contracts/queue'
import type { Clock } from '@orchestrator/shared/core/clock'
import type { Random } from '@orchestrator/shared/core/ids'
import type { ClaimOptions, ClaimRequest, ClaimResult } from '@orchestrator/shared/jobs/claim'
import type { FinishOptions, FinishResult, JobFinish } from '@orchestrator/shared/jobs/finish'
import type { OrphanMessage } from '@orchestrator/shared/jobs/native-death'
import type { Call, PolicyContext } from '@orchestrator/shared/policy/types'
import type { RestoreOutcome } from '@orchestrator/shared/inbox/restore-accepted'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { AutoPause } from '../auto-pause/create-auto-pause.ts'
import type { ReadInput, ReadWebhook } from '@orchestrator/shared/operations/job-input'
import type { HttpCall } from '../connectors/http-connector.ts'
import type { Gates } from '../gates/gates.ts'
import type { GroupAnswer, JobGroup } from '../runner/group.ts'
import type { Pace } from '../runner/pace.ts'

/** What working claimed jobs needs of the world. */
export interface TurnDeps {
  now: Clock
  random: Random
  timer: PolicyContext['timer']
  newTraceparent(parent: string): string
  /** The configuration in force. */
  config(): Promise<ConfigSnapshot>
  /** An older revision; `undefined` when it cannot be read. */
  pinned(revision: number): Promise<ConfigSnapshot | undefined>
  gates: Gates
  autoPause: AutoPause
  /** What the isolate remembers of how fast connectors are. */
  pace: Pace
  readWebhook: ReadWebhook
  readInput: ReadInput
  call(call: HttpCall, config: ConfigSnapshot): Promise<Call>
  finish(shard: number, items: readonly JobFinish[], options: FinishOptions): Promise<FinishResult>
  /** Writes what became known of a connector after the ends of its jobs were written. */
  writeEvents(shard: number, connector: string, trace: string, events: readonly Omit<LogEvent, 'jobId'>[]): Promise<void>
  sendJobs(queue: QueueName, messages: readonly Delayed<JobMessage>[]): Promise<void>
  sendNotices(queue: QueueName, notices: readonly DeadLetterNotice[]): Promise<void>
  /** Wait after a failure of our own, seconds. */
  ownFailureDelaySeconds: number
  logger: Logger
  report(error: unknown, tags?: Record<string, string>): void
}

/** What working off a batch needs beside that. */
export interface QueueDeps extends TurnDeps {
  /** Unique to one claim. */
  newToken(): string
  /** Whether a shard is bound. */
  hasShard(shard: number): boolean
  claim(shard: number, requests: readonly ClaimRequest[], options: ClaimOptions): Promise<Map<string, ClaimResult>>
  keepOrphan(shard: number, orphan: OrphanMessage): Promise<void>
  /** Works a group in an invocation of its own. Rejects when that one is lost. */
  runGroup(group: JobGroup): Promise<GroupAnswer>
  /** `waitUntil`. */
  keep(work: Promise<unknown>): void
  restoreObject(key: string): Promise<RestoreOutcome>
  restoreText(text: string): Promise<RestoreOutcome>
}
