import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import type { JobRow } from '../db/data-schema.ts'
import { deadJobRow, deadLetterRow, insertRows } from '../testing/data-rows.ts'
import { MAX_REVIVALS, REST_AFTER_DEATH_MS, REVIVAL_WINDOW_MS, reviveDead } from './revive.ts'

const db = (env as unknown as { DATA_00: D1Database }).DATA_00
const GRACE = 15_000
const DIED_AT = 1_000_000

async function dead(inboxId: string, changes: Partial<JobRow> = {}): Promise<string> {
  const job = deadJobRow({ inboxId, ...changes })
  await insertRows(db, 'jobs', job)
  await insertRows(db, 'dead_letters', { ...deadLetterRow(job), diedAt: DIED_AT })
  return job.id
}

async function dieAgain(id: string, generation: number, diedAt: number): Promise<void> {
  await db.prepare("UPDATE jobs SET state = 'dead', wake_at = NULL WHERE id = ?").bind(id).run()
  const job = deadJobRow({ id, generation })
  await insertRows(db, 'dead_letters', { ...deadLetterRow(job), generation, diedAt })
}

const revive = (inboxId: string, now: number) => reviveDead(db, inboxId, { now, graceMs: GRACE })
const stateOf = (id: string) => db.prepare('SELECT state, generation FROM jobs WHERE id = ?').bind(id).first()

describe('a redelivery of an event whose jobs are dead', () => {
  it('puts them back to work one generation on, and closes their dead letters', async ({ expect }) => {
    const inboxId = `whk_${crypto.randomUUID()}`
    const ids = [await dead(inboxId), await dead(inboxId, { queue: 'low' })]
    const other = await dead(`whk_${crypto.randomUUID()}`)
    const sent = await revive(inboxId, DIED_AT + REST_AFTER_DEATH_MS)
    expect(new Map(sent.map(({ queue, message }) => [message.jobId, [queue, message.generation]]))).toEqual(
      new Map([
        [ids[0], ['webhook', 2]],
        [ids[1], ['low', 2]],
      ]),
    )
    for (const id of ids) expect(await stateOf(id)).toEqual({ state: 'queued', generation: 2 })
    expect(await stateOf(other)).toEqual({ state: 'dead', generation: 1 })
    const letter = await db.prepare('SELECT status FROM dead_letters WHERE job_id = ?').bind(ids[0]).first('status')
    expect(letter).toBe('replayed')
  })

  it('lets a job rest for a minute after its death', async ({ expect }) => {
    const inboxId = `whk_${crypto.randomUUID()}`
    const id = await dead(inboxId)
    expect(await revive(inboxId, DIED_AT + REST_AFTER_DEATH_MS - 1)).toEqual([])
    expect(await stateOf(id)).toEqual({ state: 'dead', generation: 1 })
  })

  it('revives three times in a day, and again when the first of them is a day old', async ({ expect }) => {
    const inboxId = `whk_${crypto.randomUUID()}`
    const id = await dead(inboxId)
    let now = DIED_AT
    for (let n = 1; n <= MAX_REVIVALS; n++) {
      now += REST_AFTER_DEATH_MS
      expect(await revive(inboxId, now)).toHaveLength(1)
      await dieAgain(id, n + 1, now)
    }
    now += REST_AFTER_DEATH_MS
    expect(await revive(inboxId, now)).toEqual([])
    expect(await revive(inboxId, DIED_AT + REST_AFTER_DEATH_MS + REVIVAL_WINDOW_MS)).toHaveLength(1)
  })

  it('happens once, however many redeliveries come at once', async ({ expect }) => {
    const inboxId = `whk_${crypto.randomUUID()}`
    const id = await dead(inboxId)
    const answers = await Promise.all(Array.from({ length: 10 }, () => revive(inboxId, DIED_AT + REST_AFTER_DEATH_MS)))
    expect(answers.flat()).toHaveLength(1)
    expect(await stateOf(id)).toEqual({ state: 'queued', generation: 2 })
    const events = await db.prepare("SELECT count(*) AS n FROM events WHERE job_id = ? AND kind = 'event'").bind(id).first('n')
    expect(events).toBe(1)
  })
})
