import { type Clock, withDeadline } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import { putNewest } from '../core/put-newest.ts'
import type { ConfigSnapshot } from '../contracts/config.ts'

/** A snapshot older than this is refreshed before use, ms. */
export const REFRESH_AFTER_MS = 5_000
/** A refresh that takes longer is given up for now, ms. */
export const REFRESH_DEADLINE_MS = 300
/** A cold isolate has nothing to fall back on, so it waits longer for each source, ms. */
export const COLD_DEADLINE_MS = 1_500
/** Pinned revisions kept in an isolate. */
const MAX_PINNED = 8

export interface ConfigSources {
  latestRevision(): Promise<number | null>
  fromDb(): Promise<ConfigSnapshot | null>
  fromR2(): Promise<ConfigSnapshot | null>
  pinnedFromR2(revision: number): Promise<ConfigSnapshot | null>
  pinnedFromDb(revision: number): Promise<ConfigSnapshot | null>
  onFailure?(source: string, error: unknown): void
}

/** Keeps an isolate's snapshot: data only, so no promise is ever shared between requests. */
export class ConfigLoader {
  #snapshot: ConfigSnapshot | undefined
  #checkedAt = 0
  readonly #pinned = new Map<number, ConfigSnapshot>()
  readonly #now: Clock

  constructor(now: Clock) {
    this.#now = now
  }

  /** The revision in use, for health checks; `null` before the first load. */
  get revision(): number | null {
    return this.#snapshot?.revision ?? null
  }

  /**
   * The snapshot in force. Older than 5 s: asks CONTROL_DB for at most 300 ms and goes on with what it has. Cold: CONTROL_DB,
   * then R2; none readable → {@link AppError} `unavailable`, since "unknown" and "not configured" are different answers.
   */
  async current(sources: ConfigSources): Promise<ConfigSnapshot> {
    const known = this.#snapshot
    if (known && this.#now() - this.#checkedAt < REFRESH_AFTER_MS) return known
    if (known) return this.#refresh(known, sources)
    const askedAt = this.#now()
    const loaded =
      (await this.#try('CONTROL_DB', COLD_DEADLINE_MS, () => sources.fromDb(), sources)) ??
      (await this.#try('R2', COLD_DEADLINE_MS, () => sources.fromR2(), sources))
    if (!loaded) throw new AppError('unavailable', 'The configuration cannot be read right now.', { retryAfterSeconds: 10 })
    return this.#keep(loaded, askedAt)
  }

  /** The revision a job pinned: the snapshot in force when it is that one, else R2's copy, else CONTROL_DB's; `undefined` when none is readable. */
  async pinned(revision: number, sources: ConfigSources): Promise<ConfigSnapshot | undefined> {
    if (this.#snapshot?.revision === revision) return this.#snapshot
    const known = this.#pinned.get(revision)
    if (known) return known
    const loaded =
      (await this.#try('R2', COLD_DEADLINE_MS, () => sources.pinnedFromR2(revision), sources)) ??
      (await this.#try('CONTROL_DB', COLD_DEADLINE_MS, () => sources.pinnedFromDb(revision), sources))
    if (!loaded) return undefined
    return putNewest(this.#pinned, revision, loaded, MAX_PINNED)
  }

  async #refresh(known: ConfigSnapshot, sources: ConfigSources): Promise<ConfigSnapshot> {
    const askedAt = this.#now()
    const fresh = await this.#try(
      'CONTROL_DB',
      REFRESH_DEADLINE_MS,
      async () => ((await sources.latestRevision()) === known.revision ? known : await sources.fromDb()),
      sources,
    )
    return this.#keep(fresh && fresh.revision >= known.revision ? fresh : known, askedAt)
  }

  /** Its age counts from before it was read: what is taken away is gone after 5 s, however long the reading took. */
  #keep(snapshot: ConfigSnapshot, askedAt: number): ConfigSnapshot {
    if (!this.#snapshot || snapshot.revision >= this.#snapshot.revision) this.#snapshot = snapshot
    this.#checkedAt = Math.max(this.#checkedAt, askedAt)
    return this.#snapshot
  }

  async #try<T>(
    source: string,
    deadlineMs: number,
    read: () => Promise<T | null>,
    sources: ConfigSources,
  ): Promise<T | undefined> {
    try {
      return (await withDeadline(read(), deadlineMs, source)) ?? undefined
    } catch (error) {
      sources.onFailure?.(source, error)
      return undefined
    }
  }
}
