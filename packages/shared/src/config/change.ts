import { type AppendTiming, changeAudited } from '../audit/append.ts'
import type { AuditEntryInput } from '../audit/row.ts'
import type { ConfigSnapshot } from '../contracts/config.ts'
import type { DryRun } from '../contracts/change.ts'
import { utf8 } from '../core/bytes.ts'
import { withDeadline } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import {
  contentOf,
  canonical,
  type ConfigContent,
  createRevision,
  EMPTY_CONTENT,
  insertRevision,
  mirrorRevision,
  type Revision,
} from './revision.ts'
import { type ConfigBindings, readSnapshotFromDb } from './snapshot-store.ts'

/** A snapshot is one row of D1, which holds 2 MB. */
const MAX_SNAPSHOT_BYTES = 1_800_000
const MIRROR_DEADLINE_MS = 1_500
const READ_DEADLINE_MS = 3_000

/** Who changes it, when and from where. */
export type ChangeContext = Pick<AuditEntryInput, 'at' | 'actor' | 'role' | 'door' | 'ip' | 'requestId' | 'ray' | 'impersonation'>

/** What a change makes of the configuration in force, what the audit log says about it, and what the caller wants back. */
export interface ConfigChange<T> {
  content: ConfigContent
  /** Of tables beside the configuration: they commit with the revision and its audit row, or not at all. */
  statements?: readonly D1PreparedStatement[]
  audit: Pick<AuditEntryInput, 'action' | 'target' | 'reason' | 'before' | 'after'>
  value: T
}

export interface ChangedConfig<T> {
  value: T
  /** The revision that has it; of a dry run, the one in force. */
  configRevision: number
  /** Null when nothing was to change, or only to be shown: then nothing was written. */
  auditSeq: number | null
  dryRun?: DryRun
}

export interface ChangeOptions {
  /** R2 could not be brought up to date. The change stands: CONTROL_DB is asked first, and the next change copies again. */
  onMirrorFailure: (error: unknown) => void
  /** Looks at what is to be changed before it is; throws where that is not what the caller knows (`If-Match`). */
  guard?: ((current: ConfigSnapshot, target: string) => void) | undefined
  /** Given, nothing is written: what the change would do is answered instead. */
  preview?: ((current: ConfigSnapshot, next: ConfigContent) => DryRun) | undefined
  timing?: AppendTiming
}

/** The configuration in force. Before anything was published it is revision 0, and empty. */
export async function readConfigInForce(db: D1Database): Promise<ConfigSnapshot> {
  return (await readSnapshotFromDb(db)) ?? { ...EMPTY_CONTENT, revision: 0, publishedAt: 0 }
}

interface Decided<T> {
  value: T
  published: Revision | null
  inForce: number
  shown: { dryRun?: DryRun }
}

/**
 * Changes the configuration: the new revision and its audit row commit together or not at all. Of two writers one loses, reads
 * what the other made of it, and decides again. `decide` may throw an `AppError` that says why not; it must not act.
 */
export async function changeConfig<T>(
  bindings: ConfigBindings,
  by: ChangeContext,
  decide: (current: ConfigSnapshot) => ConfigChange<T> | Promise<ConfigChange<T>>,
  { onMirrorFailure, guard, preview, timing }: ChangeOptions,
): Promise<ChangedConfig<T>> {
  const db = bindings.CONTROL_DB
  const { row, value: decided } = await changeAudited<Decided<T>>(
    db,
    async () => {
      const current = await withDeadline(readConfigInForce(db), READ_DEADLINE_MS, 'CONTROL_DB')
      const { content, statements = [], audit, value } = await decide(current)
      guard?.(current, audit.target)
      const nothing = { published: null, inForce: current.revision }
      const revision = isSame(current, content) ? null : await createRevision(content, current.revision + 1, by.at)
      if (revision && utf8(revision.text).byteLength > MAX_SNAPSHOT_BYTES) {
        throw new AppError('unprocessable', `The configuration would have more than ${MAX_SNAPSHOT_BYTES} bytes.`)
      }
      if (preview || (!revision && statements.length === 0)) {
        const shown = preview ? { dryRun: preview(current, content) } : {}
        return { entry: null, statements: [], value: { value, ...nothing, shown } }
      }
      const entry = { ...by, ...audit, intentSeq: null }
      // What stands beside the configuration has no revision; the audit log tells of it all the same.
      if (!revision) return { entry, statements, value: { value, ...nothing, shown: {} } }
      const author = { author: by.actor.id, reason: audit.reason ?? `${audit.action} ${audit.target}` }
      return {
        entry,
        statements: [insertRevision(db, revision, author), ...statements],
        value: { value, published: revision, inForce: revision.snapshot.revision, shown: {} },
      }
    },
    timing,
  )
  const { value, published, inForce, shown } = decided
  if (published) await mirror(bindings, published, onMirrorFailure)
  return { value, configRevision: inForce, auditSeq: row?.seq ?? null, ...shown }
}

async function mirror(
  bindings: ConfigBindings,
  { snapshot, text }: Revision,
  onFailure: ChangeOptions['onMirrorFailure'],
): Promise<void> {
  try {
    await withDeadline(mirrorRevision(bindings, { revision: snapshot.revision, text }), MIRROR_DEADLINE_MS, 'R2')
  } catch (error) {
    onFailure(error)
  }
}

function isSame(current: ConfigSnapshot, content: ConfigContent): boolean {
  return canonical(contentOf(current)) === canonical(content)
}
