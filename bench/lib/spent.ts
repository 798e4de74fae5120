import { localFetch } from '@orchestrator/dev/lib/local-fetch'
import type { Spent } from '../workers/counting.ts'

/** A delivered message is written, read and deleted. */
const OPERATIONS_PER_MESSAGE = 3

/** What counting Workers have spent since they were reset, all together. `urls` without a path. */
export async function readSpent(urls: readonly string[]): Promise<Spent> {
  const each = await callCounters(urls, 'GET')
  const sum = { ...each[0] } as Spent
  for (const key of Object.keys(sum) as (keyof Spent)[]) sum[key] = each.reduce((total, one) => total + one[key], 0)
  return sum
}

export async function resetSpent(urls: readonly string[]): Promise<void> {
  await callCounters(urls, 'DELETE')
}

/** What is billed for one of `count` webhooks. */
export function perWebhook(spent: Spent, count: number): Record<keyof typeof SPENT_TITLES, number> {
  return {
    rowsWritten: spent.rowsWritten / count,
    rowsRead: spent.rowsRead / count,
    roundTrips: spent.batches / count,
    queueOperations: (spent.messagesSent * OPERATIONS_PER_MESSAGE) / count,
    durableObjectRequests: spent.durableObjectRequests / count,
    r2Writes: spent.r2Writes / count,
    r2Reads: spent.r2Reads / count,
  }
}

export const SPENT_TITLES = {
  rowsWritten: 'D1 rows written',
  rowsRead: 'D1 rows read',
  roundTrips: 'D1 round trips',
  queueOperations: 'queue operations',
  durableObjectRequests: 'Durable Object requests',
  r2Writes: 'R2 writes',
  r2Reads: 'R2 reads',
} as const

async function callCounters(urls: readonly string[], method: 'GET' | 'DELETE'): Promise<Spent[]> {
  return Promise.all(urls.map(async (url) => (await (await localFetch(`${url}/__spent`, { method })).json()) as Spent))
}
