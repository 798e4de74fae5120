import { type DeadLetterGroup, type DeadLetterGroups, deadLetterFilter } from '@orchestrator/shared/contracts/bulk-api'
import { toTime } from '@orchestrator/shared/core/time'
import type { Shard } from '@orchestrator/shared/db/shards'
import * as z from 'zod'
import { type GroupRow, groupDeadLetters } from './queries.ts'
import { wantedOf } from './wanted.ts'

/** Dead letters that are looked at, over all shards: the newest. Each is two rows read: 20,000 take about 0.1 s. */
const MAX_LOOKED = 20_000
const MAX_GROUPS = 200

export const deadLetterGroupsQuery = z.strictObject(deadLetterFilter.shape)

/** Open dead letters by what they died of, the most frequent first. */
export async function groupOpenDeadLetters(
  deps: { liveShards(): Promise<Shard[]> },
  query: z.output<typeof deadLetterGroupsQuery>,
): Promise<DeadLetterGroups> {
  const wanted = wantedOf({ ...query, status: 'open' })
  const groups = new Map<string, GroupRow>()
  let left = MAX_LOOKED
  let capped = false
  for (const shard of await deps.liveShards()) {
    // One more tells whether there are more.
    const limits = { budget: left + 1, limit: MAX_GROUPS + 1 }
    const found = await shard.read((db) => groupDeadLetters(db, wanted, limits))
    capped ||= found.looked > left || found.groups.length > MAX_GROUPS
    left = Math.max(0, left - found.looked)
    for (const group of found.groups) groups.set(group.fingerprint, merged(groups.get(group.fingerprint), group))
  }
  const all = [...groups.values()].sort((one, other) => other.count - one.count)
  return { items: all.slice(0, MAX_GROUPS).map(toGroup), capped: capped || all.length > MAX_GROUPS }
}

function merged(known: GroupRow | undefined, group: GroupRow): GroupRow {
  if (!known) return group
  return {
    ...known,
    count: known.count + group.count,
    firstDiedAt: Math.min(known.firstDiedAt, group.firstDiedAt),
    lastDiedAt: Math.max(known.lastDiedAt, group.lastDiedAt),
  }
}

function toGroup({ firstDiedAt, lastDiedAt, ...group }: GroupRow): DeadLetterGroup {
  return { ...group, firstDiedAt: toTime(firstDiedAt), lastDiedAt: toTime(lastDiedAt) }
}
