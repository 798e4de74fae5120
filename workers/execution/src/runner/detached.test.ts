import { describe, it } from 'vitest'
import { consume, messageOf, only, readJob, readLog, stack } from '../testing/stack.ts'
import type { GroupAnswer, JobGroup } from './group.ts'
import { createPace, isSlow, noteSlow } from './pace.ts'

const late = (delayMs: number) => ({ status: 200, mode: 'late' as const, delayMs })
const states = async (jobs: readonly { id: string }[]) =>
  (await Promise.all(jobs.map(({ id }) => readJob(id)))).map(({ state }) => state)

/** Groups that are detached after 100 ms instead of two seconds, with what each answered. */
function impatient(pace = createPace()) {
  const answers: { detachAfterMs: number; jobs: number; inTime: number }[] = []
  const fake = (real: { runGroup(group: JobGroup): Promise<GroupAnswer> }) => ({
    pace,
    async runGroup(group: JobGroup) {
      const { detachAfterMs, jobs } = group
      const answer = await real.runGroup({ ...group, detachAfterMs: Math.min(100, detachAfterMs) })
      answers.push({ detachAfterMs, jobs: jobs.length, inTime: answer.length })
      return answer
    },
  })
  return { answers, pace, fake }
}

describe('a group of jobs', () => {
  it('answers what has ended in time, and writes the rest by itself', async ({ expect }) => {
    const { seed, answers: upstream, name, calls } = await stack()
    await upstream({ status: 200 }, { status: 200 }, late(400))
    const jobs = await seed(4)
    const { answers, pace, fake } = impatient()
    const written: number[] = []
    const { acked, retried } = await consume(jobs.map(messageOf), (real) => ({
      ...fake(real),
      finish(shard, items, options) {
        written.push(items.length)
        return real.finish(shard, items, options)
      },
    }))
    expect([acked, retried]).toEqual([4, []])
    expect(answers).toEqual([{ detachAfterMs: 2_000, jobs: 4, inTime: 2 }])
    expect(written).toEqual([2, 2])
    expect(await states(jobs)).toEqual(Array(4).fill('succeeded'))
    expect(await calls()).toHaveLength(4)
    expect(isSlow(pace, name, Date.now())).toBe(true)
    expect(pace.inFlight.size).toBe(0)
  })

  it('sends what follows from ends that came late', async ({ expect }) => {
    const { seed, answers: upstream } = await stack()
    await upstream({ ...late(300), status: 500 })
    const job = only(await seed(1))
    const { sent } = await consume([messageOf(job)], impatient().fake)
    expect(only(sent).body).toEqual(messageOf(job))
    expect(await readJob(job.id)).toMatchObject({ state: 'retrying', attempts: 1 })
  })

  it('of a connector that was slow lately holds the batch for nothing', async ({ expect }) => {
    const slow = await stack()
    const pace = createPace()
    noteSlow(pace, slow.name, Date.now())
    const jobs = await slow.seed(7)
    const { answers, fake } = impatient(pace)
    await consume(jobs.map(messageOf), fake)
    expect(answers).toEqual([
      { detachAfterMs: 0, jobs: 6, inTime: 0 },
      { detachAfterMs: 0, jobs: 1, inTime: 0 },
    ])
    expect(await states(jobs)).toEqual(Array(7).fill('succeeded'))
  })

  it('of a slow connector with enough calls in flight is put off, at no attempt', async ({ expect }) => {
    const { name, seed, calls } = await stack()
    const pace = createPace()
    noteSlow(pace, name, Date.now())
    pace.inFlight.set(name, new Map(Array.from({ length: 95 }, (_, n) => [`job ${n}`, Date.now() + 60_000])))
    const jobs = await seed(3)
    const { acked, sent } = await consume(jobs.map(messageOf), { pace })
    expect([acked, sent.length, (await calls()).length]).toEqual([3, 2, 1])
    const put = jobs[2]?.id ?? ''
    expect(await readJob(put)).toMatchObject({
      state: 'queued',
      attempts: 0,
      lastError: 'waiting: as many calls as allowed are in flight',
    })
    expect(only((await readLog(put)).events)).toMatchObject({ type: 'job.deferred', data: { reason: 'concurrency' } })
  })

  it('that is lost gives its messages back, and its jobs come again after their lease', async ({ expect }) => {
    const { seed, calls } = await stack()
    const job = only(await seed(1))
    const lost = async (): Promise<never> => {
      throw new Error('injected: the Runner died')
    }
    const now = Date.now()
    const { acked, retried } = await consume([messageOf(job)], { runGroup: lost, now: () => now })
    expect([acked, retried.length, (await calls()).length]).toEqual([0, 1, 0])
    expect(await readJob(job.id)).toMatchObject({ state: 'running', leaseUntil: now + 20_000 })
    await consume([messageOf(job)], { now: () => now + 20_001 })
    expect(await readJob(job.id)).toMatchObject({ state: 'succeeded', lostLeases: 1 })
  })

  it('works under a configuration at least as new as its consumer’s', async ({ expect }) => {
    const { name, seed, snapshot, calls } = await stack()
    const held = await stack({ config: { pauses: [{ kind: 'connector', id: name }] } })
    const job = only(await seed(1))
    let reads = 0
    await consume([messageOf(job)], {
      // The consumer knows nothing of the pause yet; the Runner's isolate does.
      config: async () => (reads++ === 0 ? snapshot : held.snapshot),
    })
    expect([(await readJob(job.id)).state, (await calls()).length]).toEqual(['held', 0])
    const [other] = await seed(1)
    if (!other) throw new Error('nothing was seeded')
    reads = 0
    await consume([messageOf(other)], (real) => ({
      // The other way round: it reads the revision of its consumer.
      config: async () => (reads++ === 0 ? held.snapshot : snapshot),
      runGroup: (group) => real.runGroup(group),
      pinned: async (revision) => (revision === held.snapshot.revision ? held.snapshot : snapshot),
    }))
    expect((await readJob(other.id)).state).toBe('held')
  })
})
