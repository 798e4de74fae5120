import type { AuditedChange } from '@orchestrator/shared/audit/append'
import { isIntentOpen, readOpenIntents } from '@orchestrator/shared/audit/open-intents'
import { DeadlineError } from '@orchestrator/shared/core/clock'
import { AppError, errorMessage } from '@orchestrator/shared/core/errors'
import { toTime } from '@orchestrator/shared/core/time'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import { cursorStatement, readCursor } from '@orchestrator/shared/db/cursors'
import type { Shard } from '@orchestrator/shared/db/shards'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import { findOutcome, type FoundOutcome } from './find-outcome.ts'
import { SYSTEM } from './system.ts'

interface Deps {
  now(): number
  logger: Logger
  shardOf(id: string): Shard | undefined
  control<T>(work: (db: D1Database) => Promise<T>): Promise<T>
  changeAudited<T>(decide: () => Promise<AuditedChange<T>>): Promise<{ value: T }>
}

/** Whoever wrote an intent writes its outcome by then, or not at all any more: a call as a client may take 125 s, and a busy log longer, ms. */
const OPEN_FOR_MS = 300_000
/** How long a database that does not answer is asked again, ms. */
const GIVE_UP_MS = 86_400_000
/** Intents of one run. What remains has its turn in the next minute. */
const MAX_INTENTS = 50
const CURSOR = 'open-intents'
/** A run may be cut off: it notes so often how far it has come, ms. */
const NOTE_EVERY_MS = 2_000

/**
 * Writes the outcome of intents whose writer died, as DATA tells it, with `intent.reconciled`. The runs go round through all that are open,
 * so that those of a database that is down do not stand in the way of others; one that hangs is waited for once in each.
 */
export async function reconcileIntents(deps: Deps): Promise<void> {
  const now = deps.now()
  const after = await deps.control((db) => readCursor(db, CURSOR))
  const range = { before: now - OPEN_FOR_MS, limit: MAX_INTENTS }
  const intents = await deps.control((db) => readOpenIntents(db, { ...range, afterSeq: after }))
  let noted = { position: after, at: now }
  const note = async (position: number) => {
    if (position !== noted.position) await deps.control((db) => cursorStatement(db, CURSOR, position).run())
    noted = { position, at: deps.now() }
  }
  const patient = { ...deps, shardOf: waitedForOnce((id) => deps.shardOf(id)) }
  for (const intent of intents) {
    await reconcile(patient, intent, now)
    if (deps.now() - noted.at >= NOTE_EVERY_MS) await note(intent.seq)
  }
  await note(intents.length < MAX_INTENTS ? 0 : intents.at(-1)!.seq)
}

/** The same databases; one that let its deadline pass is not asked again. */
function waitedForOnce(shardOf: Deps['shardOf']): Deps['shardOf'] {
  const hanging = new Set<number>()
  return (id) => {
    const shard = shardOf(id)
    if (!shard) return undefined
    const read: Shard['read'] = async (work) => {
      if (hanging.has(shard.number)) throw new AppError('unavailable', `The database ${shard.name} hung a moment ago.`)
      try {
        return await shard.read(work)
      } catch (error) {
        if (error instanceof AppError && error.cause instanceof DeadlineError) hanging.add(shard.number)
        throw error
      }
    }
    return { ...shard, read }
  }
}

async function reconcile(deps: Deps, intent: AuditRow, now: number): Promise<void> {
  let found: FoundOutcome
  try {
    found = await findOutcome(deps, intent)
  } catch (error) {
    const { seq, action, target } = intent
    deps.logger.log('warn', 'the outcome of an intent cannot be found out yet', {
      seq,
      action,
      target,
      cause: errorMessage(error),
    })
    if (now - intent.at < GIVE_UP_MS) return
    found = { outcome: 'unknown' }
  }
  await deps.changeAudited(async () => {
    // Under the lock of the log: its own writer, or another run, may have been quicker.
    if (!(await deps.control((db) => isIntentOpen(db, intent.seq)))) return { entry: null, statements: [], value: null }
    const events = found.outcome === 'done' ? { events: found.events.map(({ type, at }) => ({ type, at: toTime(at) })) } : {}
    const entry = {
      ...SYSTEM,
      at: deps.now(),
      action: 'intent.reconciled' as const,
      target: intent.target,
      reason: null,
      intentSeq: intent.seq,
      before: null,
      after: { intent: intent.action, outcome: found.outcome, ...events },
    }
    return { entry, statements: [], value: null }
  })
}
