import type { ApiClient, Query } from './client.ts'
import type * as z from 'zod'

/** The longest page that control gives. */
const MAX_PAGE = 200

interface Page<T> {
  items: T[]
  nextCursor: string | null
}

/** For people who see a list: that it goes on. */
export function tellOfMore({ nextCursor }: Page<unknown>, say: (text: string) => void): void {
  if (nextCursor !== null) say('There are more: --limit shows them.')
}

/** Up to `limit` items of a list, over as many pages as that takes; `nextCursor` goes on after them. */
export async function readList<T>(
  client: ApiClient,
  path: string,
  schema: z.ZodType<Page<T>>,
  query: Query,
  limit: number,
): Promise<Page<T>> {
  const items: T[] = []
  let cursor = query.cursor === undefined ? null : String(query.cursor)
  do {
    const wanted = Math.min(MAX_PAGE, limit - items.length)
    const page = await client.get(path, schema, { ...query, limit: wanted, cursor: cursor ?? undefined })
    items.push(...page.items)
    cursor = page.nextCursor
    // A page may be empty and not the last: the server looked through as many rows as one request may.
  } while (cursor !== null && items.length < limit)
  return { items, nextCursor: cursor }
}
