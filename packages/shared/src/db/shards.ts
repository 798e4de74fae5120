import { withDeadline } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import { shardLabel, shardOf } from '../core/ids.ts'
import { type DataBindings, shardDb } from './data-db.ts'
import { retryD1 } from './retry.ts'

/** How long a reader waits for one DATA database before being told that it does not answer, ms. */
const DATA_DEADLINE_MS = 3_000

/** One DATA database, behind a deadline: whatever goes wrong in it becomes a 503 that names it. */
export interface Shard {
  number: number
  name: string
  /** Idempotent work: repeated on transient errors. */
  read<T>(work: (db: D1Database) => Promise<T>): Promise<T>
  /** Work that repeats by itself where that is safe. */
  write<T>(work: (db: D1Database) => Promise<T>): Promise<T>
}

/** The shard with a number; `undefined` when no such database is bound. */
export function shardByNumber(env: DataBindings, number: number, deadlineMs = DATA_DEADLINE_MS): Shard | undefined {
  const db = shardDb(env, number)
  if (!db) return undefined
  const name = `DATA_${shardLabel(number)}`
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await withDeadline(work(), deadlineMs, name)
    } catch (error) {
      if (error instanceof AppError) throw error
      throw new AppError('unavailable', `The database ${name} does not answer properly right now.`, {
        cause: error,
        retryAfterSeconds: 5,
      })
    }
  }
  return {
    number,
    name,
    read: (work) => guard(() => retryD1(() => work(db))),
    write: (work) => guard(() => work(db)),
  }
}

/** The shard that an id names; `undefined` for anything that is not one of our ids. */
export function shardById(env: DataBindings, id: string): Shard | undefined {
  const number = shardOf(id)
  return number === undefined ? undefined : shardByNumber(env, number)
}
