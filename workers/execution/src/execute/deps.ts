import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { AttemptRecord } from '@orchestrator/shared/contracts/jobs'
import type { LogEvent } from '@orchestrator/shared/contracts/events'
import type { Clock } from '@orchestrator/shared/core/clock'
import type { Random } from '@orchestrator/shared/core/ids'
import type { StoredAnswer } from '@orchestrator/shared/idempotency/answer'
import type { ClaimOutcome, KeyClaim } from '@orchestrator/shared/idempotency/claim'
import type { KeyOwner } from '@orchestrator/shared/idempotency/settle'
import type { LimitState, PolicyContext } from '@orchestrator/shared/policy/types'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { AutoPause } from '../auto-pause/create-auto-pause.ts'
import type { Gates } from '../gates/gates.ts'
import type { ExecuteCall, ExecuteHttpCall } from './upstream-answer.ts'

/** One row of the request log: an attempt, or only events. */
export interface LogRow {
  /** ms. */
  at: number
  trace: string
  attempt: AttemptRecord | null
  events: readonly Omit<LogEvent, 'jobId'>[]
}

/** The same, with what it is about. */
export interface ConnectorLogRow extends LogRow {
  connector: string
}

/** What one call of `/execute` needs of the world. */
export interface ExecuteDeps {
  now: Clock
  random: Random
  timer: PolicyContext['timer']
  /** Unique to one request. */
  newOwner(): string
  newTraceparent(parent: string): string
  /** In force now, at most some seconds old: a call may wait long for its next attempt. */
  configNow(): Promise<ConfigSnapshot>
  gates: Gates
  autoPause: AutoPause
  call(call: ExecuteHttpCall, config: ConfigSnapshot): Promise<ExecuteCall>
  /** The next three throw when DATA does not answer in time. */
  claimKey(claim: KeyClaim): Promise<ClaimOutcome>
  storeAnswer(owner: KeyOwner, answer: StoredAnswer): Promise<boolean>
  releaseKey(owner: KeyOwner): Promise<void>
  /** Bodies of stored answers that are too large for a row. */
  writeBody(key: string, body: string | Uint8Array<ArrayBuffer>): Promise<void>
  readBody(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** Hears how the rate limit of what is called stands. */
  tellLimit(limit: LimitState): void
  /** Settles when the rows are written, or left to another request that writes them. */
  writeLog(connector: string, rows: readonly LogRow[]): Promise<void>
  /** `waitUntil`. */
  keep(work: Promise<unknown>): void
  logger: Logger
  report(error: unknown, tags?: Record<string, string>): void
}
