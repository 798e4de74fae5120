import { appendAudit, type AppendTiming } from '../audit/append.ts'
import type { AuditEntryInput } from '../audit/row.ts'
import type { ConfigSnapshot } from '../contracts/config.ts'
import { fullJitter } from '../core/backoff.ts'
import { sleep as realSleep, withDeadline } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import {
  contentOf,
  canonical,
  type ConfigContent,
  createRevision,
  EMPTY_CONTENT,
  insertRevision,
  isRevisionTaken,
  mirrorRevision,
} from './revision.ts'
import { type ConfigBindings, readSnapshotFromDb } from './snapshot-store.ts'

/** Each lost race is somebody else's progress; people who configure at once are few. */
const MAX_TRIES = 20
const MAX_JITTER_MS = 150
/** A snapshot is one row of D1, which holds 2 MB. */
const MAX_SNAPSHOT_CHARACTERS = 1_800_000
const MIRROR_DEADLINE_MS = 3_000

/** Who changes it, when and from where. */
export type ChangeContext = Pick<AuditEntryInput, 'at' | 'actor' | 'role' | 'door' | 'ip' | 'requestId'>

/** What a change makes of the configuration in force, what the audit log says about it, and what the caller wants back. */
export interface ConfigChange<T> {
  content: ConfigContent
  audit: Pick<AuditEntryInput, 'action' | 'target' | 'reason' | 'before' | 'after'>
  value: T
}

export interface ChangedConfig<T> {
  value: T
  configRevision: number
  /** Null when nothing was to change: then nothing was published, and nothing audited. */
  auditSeq: number | null
}

export interface ChangeOptions {
  /** R2 could not be brought up to date. The change stands: CONTROL_DB is asked first, and the next change copies again. */
  onMirrorFailure: (error: unknown) => void
  timing?: AppendTiming
}

/** The configuration in force. Before anything was published it is revision 0, and empty. */
export async function readConfigInForce(db: D1Database): Promise<ConfigSnapshot> {
  return (await readSnapshotFromDb(db)) ?? { ...EMPTY_CONTENT, revision: 0, publishedAt: 0 }
}

/**
 * Changes the configuration: the new revision and its audit row commit together or not at all. The revision's number is the
 * primary key, so of two writers one loses, reads what the other made of it, and decides again. `decide` may throw an
 * `AppError` that says why not; it must not act.
 */
export async function changeConfig<T>(
  bindings: ConfigBindings,
  by: ChangeContext,
  decide: (current: ConfigSnapshot) => ConfigChange<T> | Promise<ConfigChange<T>>,
  { onMirrorFailure, timing = { sleep: realSleep, random: Math.random } }: ChangeOptions,
): Promise<ChangedConfig<T>> {
  const db = bindings.CONTROL_DB
  for (let tries = 1; ; tries++) {
    const current = await readConfigInForce(db)
    const { content, audit, value } = await decide(current)
    if (isSame(current, content)) return { value, configRevision: current.revision, auditSeq: null }
    const revision = await createRevision(content, current.revision + 1, by.at)
    if (revision.text.length > MAX_SNAPSHOT_CHARACTERS) {
      throw new AppError('unprocessable', `The configuration would have more than ${MAX_SNAPSHOT_CHARACTERS} characters.`)
    }
    const author = { author: by.actor.id, reason: audit.reason ?? `${audit.action} ${audit.target}` }
    let seq: number
    try {
      const entry: AuditEntryInput = { ...by, ...audit, intentSeq: null }
      seq = (await appendAudit(db, entry, () => [insertRevision(db, revision, author)], timing)).seq
    } catch (error) {
      if (!isRevisionTaken(error)) throw error
      if (tries >= MAX_TRIES)
        throw new AppError('unavailable', 'Too many people change the configuration right now.', { cause: error })
      await timing.sleep(fullJitter(MAX_JITTER_MS, timing.random))
      continue
    }
    try {
      const published = { revision: revision.snapshot.revision, text: revision.text }
      await withDeadline(mirrorRevision(bindings, published), MIRROR_DEADLINE_MS, 'R2')
    } catch (error) {
      onMirrorFailure(error)
    }
    return { value, configRevision: revision.snapshot.revision, auditSeq: seq }
  }
}

function isSame(current: ConfigSnapshot, content: ConfigContent): boolean {
  return canonical(contentOf(current)) === canonical(content)
}
