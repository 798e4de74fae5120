import type { BulkPlan } from '@orchestrator/shared/contracts/bulk-api'
import { inboxRow, insertRows, jobRow, testId } from '@orchestrator/shared/testing/data-rows'
import { beforeAll, describe, it } from 'vitest'
import { answer, ask, bindings, bindPeople, publishTestConfig } from '../testing/harness.ts'

const JULY = { from: '2026-07-01T00:00:00Z', to: '2026-08-01T00:00:00Z' }
const MIDDLE = Date.parse('2026-07-15T00:00:00Z')

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})

/** How many things of July each filter lets through. */
async function counts(kind: 'cancel_jobs' | 'replay_webhooks', filters: readonly object[]): Promise<number[]> {
  const plans = filters.map((filter) =>
    answer<BulkPlan>(
      ask('/v1/bulk-operations/plan', {
        method: 'POST',
        as: 'viewer',
        body: { target: { kind, filter: { ...JULY, ...filter } } },
      }),
    ),
  )
  return (await Promise.all(plans)).map(({ count }) => count)
}

describe('a bulk operation', () => {
  it('cancels the jobs that fit every field of its filter, and no others', async ({ expect }) => {
    const plain = {
      queue: 'default',
      connector: 'plain',
      operation: 'plain',
      client: 'plain',
      provider: 'plain',
      route: 'plain',
      state: 'queued',
    } as const
    const others = {
      queue: 'low',
      connector: 'other',
      operation: 'other',
      client: 'other',
      provider: 'other',
      route: 'other',
      state: 'held',
    } as const
    const one = (changes: object) => jobRow({ id: testId('job', 0, MIDDLE), ...plain, ...changes })
    const jobs = Object.entries(others).map(([field, value]) => one({ [field]: value }))
    await insertRows(bindings.DATA_00, 'jobs', one({}), ...jobs)
    const { state, ...rest } = others
    const fields: [string, string][] = [...Object.entries(rest), ['status', state]]
    expect(await counts('cancel_jobs', [{}, ...fields.map(([field, value]) => ({ [field]: value }))])).toEqual([
      8,
      ...fields.map(() => 1),
    ])
    expect(await counts('cancel_jobs', [{ to: '2026-07-14T00:00:00Z' }, { from: '2026-07-16T00:00:00Z' }])).toEqual([0, 0])
  })

  it('routes the webhooks again that fit every field of its filter, and no others', async ({ expect }) => {
    const one = (changes: object) =>
      inboxRow({ id: testId('whk', 0, MIDDLE), provider: 'stripe', type: 'plain', status: 'accepted', ...changes })
    await insertRows(
      bindings.DATA_00,
      'inbox',
      one({}),
      one({ provider: 'github' }),
      one({ type: 'push' }),
      one({ status: 'ignored' }),
    )
    const filters = [{}, { provider: 'github' }, { type: 'push' }, { status: 'ignored' }, { to: '2026-07-14T00:00:00Z' }]
    expect(await counts('replay_webhooks', filters)).toEqual([4, 1, 1, 1, 0])
  })
})
