import type { CircuitBreakerRpc, RateLimiterRpc } from '@orchestrator/shared/contracts/breaker'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { DeadLetterNotice, Delayed, JobMessage, QueueName } from '@orchestrator/shared/contracts/queue'
import type { Clock } from '@orchestrator/shared/core/clock'
import type { Random } from '@orchestrator/shared/core/ids'
import type { ClaimOptions, ClaimRequest, ClaimResult } from '@orchestrator/shared/jobs/claim'
import type { FinishOptions, FinishResult, JobFinish } from '@orchestrator/shared/jobs/finish'
import type { OrphanMessage } from '@orchestrator/shared/jobs/native-death'
import type { Call, PolicyContext } from '@orchestrator/shared/policy/types'
import type { RestoreOutcome } from '@orchestrator/shared/inbox/restore-accepted'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { ReadInput, ReadWebhook } from '../connectors/job-input.ts'
import type { HttpCall } from '../connectors/http-connector.ts'

/** What working off a batch needs of the world. */
export interface QueueDeps {
  now: Clock
  random: Random
  timer: PolicyContext['timer']
  /** Unique to one claim. */
  newToken(): string
  newTraceparent(parent: string): string
  /** The configuration in force. */
  config(): Promise<ConfigSnapshot>
  /** An older revision; `undefined` when it cannot be read. */
  pinned(revision: number): Promise<ConfigSnapshot | undefined>
  /** Whether a shard is bound. */
  hasShard(shard: number): boolean
  claim(shard: number, requests: readonly ClaimRequest[], options: ClaimOptions): Promise<Map<string, ClaimResult>>
  finish(shard: number, items: readonly JobFinish[], options: FinishOptions): Promise<FinishResult>
  keepOrphan(shard: number, orphan: OrphanMessage): Promise<void>
  readWebhook: ReadWebhook
  readInput: ReadInput
  breaker(connector: string): CircuitBreakerRpc
  rateLimiter(connector: string): RateLimiterRpc
  call(call: HttpCall, config: ConfigSnapshot): Promise<Call>
  sendJobs(queue: QueueName, messages: readonly Delayed<JobMessage>[]): Promise<void>
  sendNotices(queue: QueueName, notices: readonly DeadLetterNotice[]): Promise<void>
  restoreObject(key: string): Promise<RestoreOutcome>
  restoreText(text: string): Promise<RestoreOutcome>
  /** Wait after a failure of our own, seconds. */
  ownFailureDelaySeconds: number
  logger: Logger
  report(error: unknown, tags?: Record<string, string>): void
}
