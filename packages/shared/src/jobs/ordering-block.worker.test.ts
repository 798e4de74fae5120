import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import type { JobRow } from '../db/data-schema.ts'
import { deadLetterRow, insertRows, jobRow, testId } from '../testing/data-rows.ts'
import { countingRows, orderedJobs } from '../testing/ordered-jobs.ts'
import { recordNativeDeath } from './native-death.ts'
import { AHEAD, BEHIND, wakeNext } from './ordering.ts'
import { releaseKey } from './release-key.ts'
import { replayJob } from './replay.ts'
import { REST_AFTER_DEATH_MS, reviveDead } from './revive.ts'
import { behindStep, sweepShard } from './sweep.ts'

const db = (env as unknown as { DATA_00: D1Database }).DATA_00
const NOW = 50_000
const GRACE_MS = 15_000
const { line, claim, finish, readJob } = orderedJobs(db, NOW, GRACE_MS)
const blocking = (changes: Partial<JobRow> = {}) => line(3, { onDeath: 'block', ...changes }) as Promise<[JobRow, JobRow, JobRow]>

function replay(job: JobRow, generation = 1, now = NOW) {
  const actor = { kind: 'user' as const, id: 'operator@example.com' }
  return replayJob(db, { jobId: job.id, generation, reason: 'r', actor, auditSeq: 9, now, graceMs: GRACE_MS })
}

async function planOf(sql: string, ...values: unknown[]): Promise<string> {
  const plan = await db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values)
    .all<{ detail: string }>()
  return plan.results.map(({ detail }) => detail).join('\n')
}

describe('a dead job that blocks its ordering key', () => {
  it('keeps all behind it waiting, and no sweep sends them', async ({ expect }) => {
    const [first, second, third] = await blocking({ wakeAt: NOW })
    const { token } = await claim([first])
    expect((await finish(first, token, 'die')).next).toEqual([])
    const later = NOW + 10 * 3_600_000
    expect((await claim([first, second, third], later)).outcomes).toEqual(['finished', 'behind', 'behind'])
    const swept = await sweepShard(db, { now: later, graceMs: GRACE_MS, pauses: [] })
    expect(swept.filter(({ id }) => [first.id, second.id, third.id].includes(id))).toEqual([])
    expect(await readJob(second)).toMatchObject({ state: 'queued', resends: 0, log: '[]' })
  })

  it('keeps those that have waited for days out of the way of the sweep', async ({ expect }) => {
    const hour = 3_600_000
    expect([0, hour, 16 * hour, 900 * hour].map(behindStep)).toEqual([hour, hour, 2 * hour, 6 * hour])
    const later = NOW + 16 * hour
    const [first, second] = await blocking({ wakeAt: later })
    const { token } = await claim([first])
    await finish(first, token, 'die')
    await sweepShard(db, { now: later, graceMs: GRACE_MS, pauses: [] })
    expect(await readJob(second)).toMatchObject({ wake_at: later + behindStep(later - second.createdAt) })
  })

  it('goes first again when it is replayed, and its end wakes the next one', async ({ expect }) => {
    const [first, second] = await blocking()
    const { token } = await claim([first])
    await finish(first, token, 'die')
    expect(await replay(first)).toMatchObject({ outcome: 'replayed', generation: 2 })
    expect(await readJob(first)).toMatchObject({ state: 'queued', n: first.n, on_death: 'block' })
    expect((await claim([second])).outcomes).toEqual(['behind'])
    const again = await claim([first], NOW, 2)
    expect(again.outcomes).toEqual(['claimed'])
    expect((await finish(first, again.token, 'succeed')).next.map(({ id }) => id)).toEqual([second.id])
    expect((await claim([second])).outcomes).toEqual(['claimed'])
  })

  it('blocks again when its replay dies', async ({ expect }) => {
    const [first, second] = await blocking()
    const { token } = await claim([first])
    await finish(first, token, 'die')
    await replay(first)
    const again = await claim([first], NOW, 2)
    expect((await finish(first, again.token, 'die')).next).toEqual([])
    expect((await claim([second])).outcomes).toEqual(['behind'])
    expect(await replay(first, 2)).toMatchObject({ outcome: 'replayed', generation: 3 })
    expect(await readJob(first)).toMatchObject({ n: first.n })
  })

  it('goes first again when a redelivery of its webhook revives it', async ({ expect }) => {
    const inboxId = testId('whk')
    const [first, second] = await blocking()
    await db.prepare('UPDATE jobs SET inbox_id = ? WHERE id = ?').bind(inboxId, first.id).run()
    const { token } = await claim([first])
    await finish(first, token, 'die')
    const later = NOW + REST_AFTER_DEATH_MS
    expect(await reviveDead(db, inboxId, { now: later, graceMs: GRACE_MS })).toHaveLength(1)
    expect(await readJob(first)).toMatchObject({ state: 'queued', generation: 2, n: first.n })
    expect((await claim([second], later)).outcomes).toEqual(['behind'])
    expect((await claim([first], later, 2)).outcomes).toEqual(['claimed'])
  })

  it('blocks also where the platform killed it', async ({ expect }) => {
    const [first, second] = await blocking({ nativeDeaths: 4 })
    expect(await recordNativeDeath(db, { jobId: first.id, generation: 1, now: NOW, callbackId: testId('job') })).toEqual({
      outcome: 'died',
    })
    expect(await readJob(second)).toMatchObject({ wake_at: second.wakeAt })
    expect((await claim([second])).outcomes).toEqual(['behind'])
    expect(await replay(first)).toMatchObject({ outcome: 'replayed' })
    expect((await claim([first], NOW, 2)).outcomes).toEqual(['claimed'])
  })

  it('keeps its place behind others, too: killed before its turn, it blocks when they are done', async ({ expect }) => {
    const [first, second, third] = await blocking()
    await db.prepare('UPDATE jobs SET native_deaths = 4 WHERE id = ?').bind(second.id).run()
    await recordNativeDeath(db, { jobId: second.id, generation: 1, now: NOW, callbackId: testId('job') })
    const { token, outcomes } = await claim([first])
    expect(outcomes).toEqual(['claimed'])
    expect((await finish(first, token, 'succeed')).next).toEqual([])
    expect((await claim([third])).outcomes).toEqual(['behind'])
  })

  it('frees its key when it blocks no more', async ({ expect }) => {
    const [first, second] = await blocking()
    await insertRows(db, 'dead_letters', deadLetterRow(first))
    const { token } = await claim([first])
    await finish(first, token, 'die')
    await db.prepare("UPDATE jobs SET on_death = 'release' WHERE id = ?").bind(first.id).run()
    const woken = await db
      .prepare(wakeNext('SELECT ?1 AS ordering_key', '?2', '?3'))
      .bind(first.orderingKey, NOW, 0)
      .all()
    expect(woken.results).toMatchObject([{ id: second.id }])
    expect((await claim([second])).outcomes).toEqual(['claimed'])
  })

  it('lets its key pass one death only: replayed, it queues up last, and blocks again when it dies again', async ({ expect }) => {
    const [first, second, third] = await blocking()
    const { token } = await claim([first])
    await finish(first, token, 'die')
    const actor = { kind: 'user' as const, id: 'operator@example.com' }
    const about = { jobId: first.id, generation: 1, reason: 'r', actor, auditSeq: 10, now: NOW, graceMs: GRACE_MS }
    expect(await releaseKey(db, about)).toMatchObject({ outcome: 'released', next: [{ id: second.id }] })
    expect(await readJob(first)).toMatchObject({ state: 'dead', on_death: 'released' })
    expect(await replay(first)).toMatchObject({ outcome: 'replayed' })
    expect(await readJob(first)).toMatchObject({ state: 'queued', on_death: 'block' })
    for (const job of [second, third]) await finish(job, (await claim([job])).token, 'succeed')
    const later = jobRow({ orderingKey: first.orderingKey, n: 9e12, onDeath: 'block' })
    await insertRows(db, 'jobs', later)
    const again = await claim([first], NOW, 2)
    expect(again.outcomes).toEqual(['claimed'])
    expect((await finish(first, again.token, 'die')).next).toEqual([])
    expect((await claim([later])).outcomes).toEqual(['behind'])
  })

  it('blocks its own key only, and jobs without a key never', async ({ expect }) => {
    const [first] = await blocking()
    const [other] = await blocking()
    const unordered = jobRow({ onDeath: 'block' })
    await insertRows(db, 'jobs', unordered)
    const { token } = await claim([first])
    await finish(first, token, 'die')
    expect((await claim([other, unordered])).outcomes).toEqual(['claimed', 'claimed'])
  })
})

describe('the line of an ordering key', () => {
  it('is read from the index alone: who is before a job, and who comes next', async ({ expect }) => {
    expect(await planOf(`SELECT ${BEHIND} AS behind FROM jobs AS j WHERE j.id = ?`, 'x')).toMatch(
      /SEARCH o USING (COVERING )?INDEX jobs_order \(ordering_key=\? AND n<\?\)/,
    )
    expect(await planOf(`SELECT ${AHEAD} AS ahead FROM jobs AS j WHERE j.id = ?`, 'x')).toMatch(
      /SEARCH o USING (COVERING )?INDEX jobs_order \(ordering_key=\? AND n<\?\)/,
    )
    const plan = await planOf(wakeNext('SELECT ?1 AS ordering_key', '?2', '?3'), 'x', NOW, GRACE_MS)
    expect(plan).toMatch(/SEARCH o USING (COVERING )?INDEX jobs_order \(ordering_key=\?\)/)
    expect(plan).not.toMatch(/SCAN (j|o)\b|USE TEMP B-TREE/)
  })

  it('costs one row more for a claim, since the index knows the state, and a death that keeps the place', async ({ expect }) => {
    const counting = countingRows(db)
    const jobs = orderedJobs(counting.db, NOW, GRACE_MS)
    const written = async (changes: Partial<JobRow>) => {
      const [job] = (await line(1, changes)) as [JobRow]
      const { token } = await jobs.claim([job])
      const claimed = counting.take()
      await jobs.finish(job, token, 'die')
      return { claimed, died: counting.take() }
    }
    expect(await written({ orderingKey: null, n: null })).toEqual({ claimed: 1, died: 8 })
    expect(await written({})).toEqual({ claimed: 2, died: 8 })
    expect(await written({ onDeath: 'block' })).toEqual({ claimed: 2, died: 9 })
  })
})
