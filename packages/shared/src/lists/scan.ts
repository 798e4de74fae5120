import type { Found, ShardPage, ShardRequest } from './walk-shards.ts'

export interface ScanSource<T, K> {
  /** The keys of the next `limit` rows after a key, each with whether the filter lets it through. Cheap columns only. */
  look(after: K | null, limit: number): Promise<{ key: K; hit: boolean }[]>
  /** The rows with these keys. */
  fetch(keys: readonly K[]): Promise<Found<T, K>[]>
}

/** A first look at as many rows as are wanted, then at four times as many each time, within the budget. */
const GROWTH = 4

/** Looks for rows that a filter without index lets through, within a budget of rows. */
export async function scan<T, K>(source: ScanSource<T, K>, request: ShardRequest<K>): Promise<ShardPage<T, K>> {
  const hits: K[] = []
  let { after } = request
  let scanned = 0
  let ended = false
  for (let size = request.want; !ended && hits.length < request.want && scanned < request.budget; size *= GROWTH) {
    const limit = Math.min(size, request.budget - scanned)
    const rows = await source.look(after, limit)
    scanned += rows.length
    ended = rows.length < limit
    after = rows.at(-1)?.key ?? after
    hits.push(...rows.filter((row) => row.hit).map((row) => row.key))
  }
  const wanted = hits.slice(0, request.want)
  const full = hits.length >= request.want
  return {
    found: wanted.length > 0 ? await source.fetch(wanted) : [],
    scanned,
    stoppedAt: full || ended ? null : after,
  }
}
