import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import { insertRows, jobRow } from '../testing/data-rows.ts'
import { claimJobs } from './claim.ts'
import { releaseJobs, releaseUnlessClaimed } from './release.ts'

const db = (env as unknown as { DATA_00: D1Database }).DATA_00
const NOW = 50_000
const options = { token: 'mine', now: NOW, attemptMs: 5_000 }
const readJob = (id: string) => db.prepare('SELECT * FROM jobs WHERE id = ?').bind(id).first()
const soon = { claimMs: 20, releaseMs: 20 }

describe('releasing jobs', () => {
  it('gives back what the claim holds, in one row each, and touches nothing else', async ({ expect }) => {
    const mine = jobRow({ state: 'running', token: 'mine', leaseUntil: NOW, wakeAt: 7, attempts: 1, lostLeases: 2 })
    const theirs = jobRow({ state: 'running', token: 'theirs', leaseUntil: NOW })
    const ended = jobRow({ state: 'succeeded', token: 'mine', wakeAt: null })
    const unnamed = jobRow({ state: 'running', token: 'mine', leaseUntil: NOW })
    await insertRows(db, 'jobs', mine, theirs, ended, unnamed)
    const others = () => Promise.all([theirs, ended, unnamed].map((job) => readJob(job.id)))
    const before = await others()
    await releaseJobs(
      db,
      [mine, theirs, ended].map(({ id }) => id),
      'mine',
    )
    const released = { state: 'queued', token: null, lease_until: null, wake_at: 7, attempts: 1, lost_leases: 2 }
    expect(await readJob(mine.id)).toMatchObject(released)
    expect(await others()).toEqual(before)
  })

  it('follows a claim whose answer was lost, so that the next claim takes over nothing', async ({ expect }) => {
    const job = jobRow()
    await insertRows(db, 'jobs', job)
    const losing = {
      prepare: (sql: string) => db.prepare(sql),
      batch: async (statements: D1PreparedStatement[]) => {
        await db.batch(statements)
        throw new Error('injected: the answer was lost')
      },
    } as unknown as D1Database
    const requests = [{ jobId: job.id, generation: 1 }]
    await expect(claimJobs(losing, requests, options)).rejects.toThrow('the answer was lost')
    expect(await readJob(job.id)).toMatchObject({ state: 'queued', token: null, lease_until: null })
    const next = await claimJobs(db, requests, { ...options, token: 'next' })
    expect(next.get(job.id)).toMatchObject({ outcome: 'claimed', job: { lostLeases: 0 } })
  })
})

describe('a claim that does not come through', () => {
  it('in time is released at once, and again when it does come', async ({ expect }) => {
    const { promise: claiming, resolve } = Promise.withResolvers<void>()
    let released = 0
    const release = async () => void released++
    await expect(releaseUnlessClaimed(claiming, release, soon)).rejects.toThrow('longer than 20 ms')
    expect(released).toBe(1)
    resolve()
    await claiming
    expect(released).toBe(2)
  })

  it('is reported as what it is when the release fails or hangs', async ({ expect }) => {
    const claiming = () => Promise.reject(new Error('the claim failed'))
    const failing = () => Promise.reject(new Error('the release failed'))
    const hanging = () => new Promise<void>(() => undefined)
    await expect(releaseUnlessClaimed(claiming(), failing, soon)).rejects.toThrow('the claim failed')
    await expect(releaseUnlessClaimed(claiming(), hanging, soon)).rejects.toThrow('the claim failed')
  })

  it('is left alone when it does', async ({ expect }) => {
    let released = 0
    expect(await releaseUnlessClaimed(Promise.resolve('mine'), async () => void released++, soon)).toBe('mine')
    expect(released).toBe(0)
  })
})
