import { beforeAll, describe, it } from 'vitest'
import type { DeadLetterGroups } from '@orchestrator/shared/contracts/bulk-api'
import { type DeadLetter, type DeadLetterDetail, deadLetterDetail } from '@orchestrator/shared/contracts/control-api'
import type { DeadLetterRow, JobRow } from '@orchestrator/shared/db/data-schema'
import { fingerprintOf } from '@orchestrator/shared/jobs/fingerprint'
import { deadJobRow, deadLetterRow, insertRows, testId } from '@orchestrator/shared/testing/data-rows'
import { groupOpenDeadLetters } from '../dead-letters/group.ts'
import { issuesOf, read } from '../testing/config.ts'
import { countingShard } from '../testing/counting-shard.ts'
import { answer, ask, bindings, bindPeople, publishTestConfig } from '../testing/harness.ts'
import { list, walk } from '../testing/list-fixture.ts'

const at = (n: number) => new Date(1_000_000 + n).toISOString()
const STATUS = fingerprintOf('upstream_failed', 'billing', 'the upstream answered 503')
const LATE = fingerprintOf('timeout', 'mail', 'no answer within 5000 ms')

/** The n-th death; every third one of mail, over both shards. */
function death(n: number): { job: JobRow; letter: DeadLetterRow } {
  const job = deadJobRow({ id: testId('job', n % 2), connector: n % 3 === 0 ? 'mail' : 'billing' })
  const mail = { class: 'timeout' as const, error: `no answer within ${n} ms`, provider: 'shopify', eventType: 'orders/paid' }
  const billing = { error: 'The upstream answered 503', provider: 'stripe', eventType: 'invoice.paid' }
  const letter = deadLetterRow(job, { diedAt: 1_000_000 + n, ...(n % 3 === 0 ? mail : billing) })
  return { job, letter: { ...letter, fingerprint: n === 1 ? null : n % 3 === 0 ? LATE : STATUS } }
}
const deaths = Array.from({ length: 31 }, (_, n) => death(n))

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
  for (const [number, db] of [bindings.DATA_00, bindings.DATA_01].entries()) {
    const own = deaths.filter((_, n) => n % 2 === number)
    await insertRows(db, 'jobs', ...own.map(({ job }) => job))
    await insertRows(db, 'dead_letters', ...own.map(({ letter }) => letter))
  }
})

/** What a filter finds, page by page, by number of the death. */
async function found(query: string): Promise<number[]> {
  const { items } = await walk<DeadLetter>(`/v1/dead-letters?${query}`, 4)
  return items.map(({ diedAt }) => Date.parse(diedAt) - 1_000_000).sort((a, b) => a - b)
}
const numbers = (condition: (n: number) => boolean) => deaths.map((_, n) => n).filter(condition)

describe('dead letters', () => {
  const mails = numbers((n) => n % 3 === 0)
  const cases: [string, number[]][] = [
    ['status=open&connector=mail', mails],
    ['connector=mail', mails],
    ['provider=shopify', mails],
    ['eventType=orders/paid&status=open', mails],
    [`fingerprint=${LATE}&status=open`, mails],
    [`fingerprint=${LATE}`, mails],
    [`fingerprint=${STATUS}&connector=mail&status=open`, []],
    ['class=timeout&queue=webhook', mails],
    ['error=ANSWERED 503', numbers((n) => n % 3 !== 0)],
    ['error=100%25', []],
    [`from=${at(10)}&to=${at(20)}`, numbers((n) => n >= 10 && n < 20)],
    [`from=${at(10)}&to=${at(20)}&status=open&connector=mail`, [12, 15, 18]],
    [`to=${at(3)}&status=open&fingerprint=${LATE}&error=within 0`, [0]],
    ['status=replayed', []],
  ]
  for (const [query, expected] of cases) {
    it(`are found by ${query}`, async ({ expect }) => {
      expect(await found(query)).toEqual(expected)
    })
  }

  it('are told with what they came of, and refuse filters that make no sense', async ({ expect }) => {
    const { items } = await list<DeadLetter>(`/v1/dead-letters?fingerprint=${LATE}&limit=1&status=open`)
    expect(items[0]).toMatchObject({ provider: 'shopify', eventType: 'orders/paid', fingerprint: LATE })
    const ask400 = (query: string) => issuesOf(ask(`/v1/dead-letters?${query}`, { as: 'viewer' }))
    expect(await ask400(`from=${at(2)}&to=${at(1)}`)).toHaveProperty('to')
    expect(await ask400('from=yesterday')).toHaveProperty('from')
    expect(await ask400('error=')).toHaveProperty('error')
  })

  it('tell who closed them, and why', async ({ expect }) => {
    const post = (id: string, verb: string) =>
      answer<{ auditSeq: number }>(
        ask(`/v1/dead-letters/${id}.1/${verb}`, { method: 'POST', as: 'operator', body: { reason: 'w' } }),
      )
    const detail = async (id: string) => {
      const one = await read<DeadLetterDetail>(`/v1/dead-letters/${id}.1`)
      return deadLetterDetail.strict().parse(one)
    }
    const [replayed, discarded, revived, open] = [deaths[27], deaths[28], deaths[29], deaths[30]].map((one) => one?.job.id ?? '')
    await post(replayed!, 'replay')
    await post(discarded!, 'discard')
    const who = { actor: { kind: 'user', id: 'operator@example.com' }, reason: 'w', auditSeq: expect.any(Number) as number }
    expect(await detail(replayed!)).toMatchObject({ status: 'replayed', closedBy: who })
    expect(await detail(discarded!)).toMatchObject({ status: 'discarded', closedBy: who })
    expect(await detail(open!)).toMatchObject({ status: 'open', closedBy: null })
    const events = `[{"type":"job.revived","jobId":"${revived}","data":{"fromGeneration":1}}]`
    await bindings.DATA_01.prepare("INSERT INTO events (seq, at, kind, events) VALUES (900, 1, 'event', ?)").bind(events).run()
    await bindings.DATA_01.batch([
      bindings.DATA_01.prepare("UPDATE jobs SET log = '[900]' WHERE id = ?").bind(revived),
      bindings.DATA_01.prepare("UPDATE dead_letters SET status = 'replayed' WHERE job_id = ?").bind(revived),
    ])
    expect(await detail(revived!)).toMatchObject({ closedBy: { actor: null, reason: null, auditSeq: null } })
  })
})

describe('groups of dead letters', () => {
  it('are counted over all shards, the most frequent first, as the filter wants them', async ({ expect }) => {
    const groups = await read<DeadLetterGroups>('/v1/dead-letters/groups')
    const stillOpen = numbers((n) => ![27, 28, 29].includes(n))
    const billing = stillOpen.filter((n) => n % 3 !== 0 && n !== 1)
    const mail = stillOpen.filter((n) => n % 3 === 0)
    const about = { class: 'upstream_failed', connector: 'billing', error: 'The upstream answered 503' }
    expect(groups).toMatchObject({
      capped: false,
      items: [
        { fingerprint: STATUS, ...about, count: billing.length, firstDiedAt: at(2), lastDiedAt: at(26) },
        { fingerprint: LATE, class: 'timeout', connector: 'mail', count: mail.length, firstDiedAt: at(0), lastDiedAt: at(30) },
      ],
    })
    const few = await read<DeadLetterGroups>(`/v1/dead-letters/groups?from=${at(10)}&to=${at(20)}&error=NO%20answer`)
    expect(few.items.map(({ count }) => count)).toEqual([3])
    expect((await read<DeadLetterGroups>('/v1/dead-letters/groups?provider=nobody')).items).toEqual([])
  })

  it('look at the newest 20,000, and say that there are more', async ({ expect, annotate }) => {
    await bindings.DATA_00.prepare(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
      INSERT INTO dead_letters (job_id, generation, class, queue, connector, error, attempts, died_at, status, fingerprint)
      SELECT 'job_many' || i, 1, 'timeout', 'low', 'slow', 'e', 1, 2000000 + i, 'open', 'timeout:slow:' || (i % 300) FROM n`,
    ).run()
    const { shard, takeRowsRead } = countingShard(bindings.DATA_00, 0)
    const deps = { liveShards: async () => [shard] }
    const started = Date.now()
    const groups = await groupOpenDeadLetters(deps, { connector: 'slow' })
    const tookMs = Date.now() - started
    const rowsRead = takeRowsRead()
    await annotate(`groups of 20,000: ${rowsRead} rows read, ${tookMs} ms`)
    expect(groups.capped).toBe(true)
    expect(groups.items).toHaveLength(200)
    expect(rowsRead).toBeLessThanOrEqual(70_000)
    // Few of an error among many of others: an index leads to them.
    expect(await groupOpenDeadLetters(deps, { fingerprint: STATUS })).toMatchObject({ capped: false, items: [{ count: 9 }] })
    expect(takeRowsRead()).toBeLessThan(100)
    await bindings.DATA_00.prepare("DELETE FROM dead_letters WHERE connector = 'slow'").run()
  })
})
