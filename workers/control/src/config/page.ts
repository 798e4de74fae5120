import { AppError } from '@orchestrator/shared/core/errors'
import * as z from 'zod'
import { decodeCursor, encodeCursor } from '@orchestrator/shared/lists/cursor'

const cursor = z.strictObject({ id: z.string().max(200) })

export interface ConfigPage<T> {
  items: T[]
  nextCursor: string | null
  configRevision: number
}

/** One page of a list of configuration, the last added first. A cursor whose item is gone starts nowhere. */
export function pageOf<T, R>(
  items: readonly T[],
  configRevision: number,
  query: { limit: number; cursor?: string | undefined },
  idOf: (item: T) => string,
  toApi: (item: T) => R,
): ConfigPage<R> {
  const newestFirst = items.toReversed()
  const from = decodeCursor(query.cursor, cursor)
  const start = from === null ? 0 : newestFirst.findIndex((item) => idOf(item) === from.id) + 1
  if (from !== null && start === 0) {
    throw new AppError('validation_failed', 'What the cursor points at was deleted meanwhile.', {
      issues: [{ path: 'cursor', message: 'start from the first page again' }],
    })
  }
  const page = newestFirst.slice(start, start + query.limit)
  const last = page.at(-1)
  const more = last !== undefined && start + page.length < newestFirst.length
  return { items: page.map(toApi), nextCursor: more ? encodeCursor({ id: idOf(last) }) : null, configRevision }
}
