import { beforeAll, describe, it } from 'vitest'
import type { RejectedRequest } from '@orchestrator/shared/contracts/control-api'
import { answer, ask, bindings, bindPeople, publishTestConfig } from '../testing/harness.ts'
import { list, walk } from '../testing/list-fixture.ts'

const MINUTE = 29_000_000
const at = (minute: number) => new Date(minute * 60_000).toISOString()

async function reject(db: D1Database, minute: number, provider: string, slot: number, count = 1): Promise<void> {
  const insert = `INSERT INTO rejected_requests (minute, provider, slot, at, reason, method, ip, headers, count)
    VALUES (?, ?, ?, ?, 'signature_wrong', 'POST', '203.0.113.7', '[["x-sig","[redacted sha256:9f86d081]"]]', ?)`
  await db
    .prepare(insert)
    .bind(minute, provider, slot, minute * 60_000 + slot, count)
    .run()
}

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
  for (let i = 0; i < 30; i++)
    await reject(bindings.DATA_00, MINUTE + Math.floor(i / 3), i % 3 === 0 ? 'github' : 'stripe', i % 3)
  await reject(bindings.DATA_01, MINUTE + 20, 'stripe', 0, 40)
})

describe('requests that were not believed', () => {
  it('come newest first, shard after shard, each exactly once, with what they stand for', async ({ expect }) => {
    const { items } = await walk<RejectedRequest>('/v1/rejected-requests', 7)
    expect(items).toHaveLength(31)
    expect(items[0]).toEqual({
      at: at(MINUTE + 20),
      provider: 'stripe',
      reason: 'signature_wrong',
      method: 'POST',
      ip: '203.0.113.7',
      headers: [['x-sig', '[redacted sha256:9f86d081]']],
      count: 40,
    })
    const times = items.map((item) => item.at)
    expect(times.slice(1).map((time) => time.slice(0, 16))).toEqual(
      times
        .slice(1)
        .map((time) => time.slice(0, 16))
        .toSorted()
        .toReversed(),
    )
  })

  it('are found by provider and by time', async ({ expect }) => {
    const { items } = await walk<RejectedRequest>('/v1/rejected-requests?provider=github', 4)
    expect(items.map(({ provider }) => provider)).toEqual(Array.from({ length: 10 }, () => 'github'))
    const some = await list<RejectedRequest>(`/v1/rejected-requests?from=${at(MINUTE + 2)}&to=${at(MINUTE + 4)}`)
    expect(some.items).toHaveLength(6)
    expect((await list(`/v1/rejected-requests?from=${at(MINUTE + 20)}`)).items).toHaveLength(1)
    await answer(ask(`/v1/rejected-requests?from=${at(2)}&to=${at(1)}`, { as: 'viewer' }), 400)
  })
})
