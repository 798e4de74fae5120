import { describe, it } from 'vitest'
import type { ManyOutcome } from '@orchestrator/shared/jobs/many'
import { STEP_MS } from './constants.ts'
import { type Key, type Operation, startOf } from './operation.ts'
import { allowance, type Progress, step, type StepDeps } from './step.ts'

const OVERLOADED = new Error('D1_ERROR: D1 DB is overloaded.')
type Call = Exclude<keyof StepDeps, 'now' | 'report'>
/** How a call goes wrong: the isolate dies before or after it has had its effect, or it rejects. */
type Fault = { call: Call; nth: number; how: 'dies before' | 'dies after' | 'fails' | 'answer lost' }

/** Shards with so many items each, and a row of one operation over all of them. */
function world(shards: readonly number[], changes: Partial<Operation> = {}, fault?: Fault) {
  let now = 1_000_000
  const open = new Map(shards.map((count, n) => [n, Array.from({ length: count }, (_, i) => count - i)]))
  const done = new Map<string, number>()
  const told: Operation['status'][] = []
  const sent: number[] = []
  const reported: unknown[] = []
  const poisoned = new Set<string>()
  const deaths: number[] = []
  const position = startOf([...open.keys()], now)
  let row: Operation = {
    id: 'blk_1',
    status: 'running',
    target: { kind: 'discard_dead_letters', filter: {} },
    configRevision: null,
    ratePerSecond: 100,
    stopAfterFailures: null,
    reason: 'r',
    actor: { kind: 'user', id: 'a' },
    auditSeq: 1,
    createdAt: now,
    finishedAt: null,
    total: 0,
    done: 0,
    skipped: 0,
    failed: 0,
    lastError: null,
    wakeAt: now,
    position,
    positionText: JSON.stringify(position),
    ...changes,
  }
  const perCall: Partial<Record<Call, number>> = {}
  const never = new Promise<never>(() => undefined)
  let died: () => void = () => undefined

  /** One call, with what is to go wrong in it. */
  async function called<T>(call: Call, effect: () => T): Promise<T> {
    perCall[call] = (perCall[call] ?? 0) + 1
    const now = fault?.call === call && fault.nth === perCall[call] ? fault.how : undefined
    if (now === 'fails') throw new Error('the database is away')
    if (now === 'dies before') return (died(), never)
    const result = effect()
    if (now === 'answer lost') throw new Error('D1_ERROR: Network connection lost.')
    return now === 'dies after' ? (died(), never) : result
  }

  const nameOf = (shard: number, [n]: Key): string => `${shard}:${n}`
  const deps: StepDeps = {
    now: () => now,
    read: () => called('read', () => structuredClone(row)),
    save: (read, progress) => called('save', () => save(read, progress)),
    rest: (read) =>
      called('rest', () => {
        if (row.status === read.status) row = { ...row, wakeAt: null }
      }),
    choose: (_operation, shard, after, want) =>
      called('choose', () => {
        const below = (open.get(shard) ?? []).filter((n) => after === null || n < Number(after[0])).slice(0, want)
        const keys = below.map((n) => [n])
        return { keys, after: keys.length === want ? (keys.at(-1) ?? null) : null }
      }),
    act: (_operation, shard, keys) => called('act', () => act(shard, keys)),
    send: (jobs) => called('send', () => void sent.push(jobs.length)),
    countDeaths: (_operation, from, until) => called('countDeaths', () => deaths.filter((at) => at >= from && at < until).length),
    tell: (operation) =>
      called('tell', () => {
        if (!told.includes(operation.status)) told.push(operation.status)
      }),
    report: (_operation, error) => void reported.push(error),
  }

  function act(shard: number, keys: readonly Key[]): ManyOutcome {
    if (keys.some((key) => poisoned.has(nameOf(shard, key)))) throw new Error('malformed JSON')
    const items = open.get(shard) ?? []
    for (const key of keys) {
      const at = items.indexOf(Number(key[0]))
      if (at < 0) continue
      items.splice(at, 1)
      done.set(nameOf(shard, key), (done.get(nameOf(shard, key)) ?? 0) + 1)
    }
    const ours = keys.filter((key) => done.has(nameOf(shard, key))).length
    return { done: ours, skipped: keys.length - ours, failed: 0, error: null, next: [] }
  }

  function save(read: Operation, progress: Progress): boolean {
    if (row.positionText !== read.positionText) return false
    const stands = row.status !== 'running'
    row = {
      ...row,
      position: progress.position,
      positionText: JSON.stringify(progress.position),
      done: row.done + progress.done,
      skipped: row.skipped + progress.skipped,
      failed: row.failed + progress.failed,
      lastError: progress.lastError,
      status: stands ? row.status : progress.status,
      finishedAt: !stands && progress.status === 'done' ? progress.now : row.finishedAt,
      wakeAt: stands ? row.wakeAt : progress.wakeAt,
    }
    return true
  }

  /** One step; a death of its isolate is followed by the cron, some time later. */
  async function once(): Promise<number | null> {
    const death = new Promise<number>((resolve) => {
      died = () => resolve(now + 70_000)
    })
    const next = await Promise.race([step(deps, row.id), death])
    if (next !== null) now = Math.max(now, next)
    return next
  }

  return {
    deps,
    once,
    /** Steps until there are no more. */
    async run(): Promise<number> {
      let steps = 1
      while ((await once()) !== null) if (++steps > 1_000) throw new Error('it never ends')
      return steps
    },
    row: () => row,
    set: (changes: Partial<Operation>) => (row = { ...row, ...changes }),
    pass: (ms: number) => (now += ms),
    now: () => now,
    open,
    done,
    told,
    sent,
    reported,
    poisoned,
    deaths,
    acted: () => perCall.act ?? 0,
  }
}

describe('a step of a bulk operation', () => {
  it('goes through all shards at its rate, and says at the end that it is done', async ({ expect }) => {
    const one = world([250, 0, 130])
    const begun = one.now()
    await one.run()
    expect(one.row()).toMatchObject({ status: 'done', done: 380, skipped: 0, failed: 0, wakeAt: null, lastError: null })
    expect([one.done.size, ...new Set(one.done.values())]).toEqual([380, 1])
    // 100 + 100 + 50, then 100 + 30: five steps.
    expect(Number(one.row().finishedAt) - begun).toBeGreaterThanOrEqual(4 * STEP_MS)
    expect(one.told).toEqual(['done'])
  })

  it('with nothing to do is done at once', async ({ expect }) => {
    const one = world([0, 0])
    await one.run()
    expect(one.row()).toMatchObject({ status: 'done', done: 0 })
    expect(await world([], {}).run()).toBe(2)
  })

  it('takes no more than its rate allows, whoever wakes it how often', async ({ expect }) => {
    const one = world([1_000], { ratePerSecond: 10 })
    await one.once()
    expect(one.done.size).toBe(10)
    one.pass(-STEP_MS + 5)
    for (let n = 0; n < 20; n++) await step(one.deps, 'blk_1')
    expect(one.done.size).toBe(10)
    one.set({ wakeAt: one.now() })
    await step(one.deps, 'blk_1')
    expect(one.done.size).toBe(10)
    one.pass(60_000)
    await one.once()
    expect(one.done.size).toBe(30)
    expect([allowance(500, 90_000), allowance(3, 400), allowance(3, 1_100), allowance(50, -5)]).toEqual([1_000, 1, 3, 0])
  })

  const points = (['read', 'save', 'choose', 'act', 'send', 'tell', 'rest'] as const).flatMap((call) =>
    (['dies before', 'dies after', 'fails', 'answer lost'] as const).flatMap((how) =>
      [1, 2, 3].map((nth): Fault => ({ call, nth, how })),
    ),
  )
  it.for(points)('counts each one once and does it once although it $how in call $nth of $call', async (fault, { expect }) => {
    const one = world([250, 120], {}, fault)
    await one.run()
    expect(one.row()).toMatchObject({ status: 'done', done: 370, skipped: 0, failed: 0, wakeAt: null })
    expect([one.done.size, ...new Set(one.done.values())]).toEqual([370, 1])
    expect(one.told).toEqual(['done'])
  })

  it('waits longer each time while a database takes nothing but nothing, says so in the row, and goes on by itself', async ({
    expect,
  }) => {
    const one = world([150])
    const original = { ...one.deps }
    one.deps.act = async (of, shard, keys) => (keys.length ? Promise.reject(OVERLOADED) : original.act(of, shard, keys))
    const waits: number[] = []
    for (let n = 0; n < 9; n++) {
      const wait = Number(await step(one.deps, 'blk_1')) - one.now()
      waits.push(wait)
      one.pass(wait)
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((s) => s * 1_000))
    expect(one.row()).toMatchObject({ status: 'running', done: 0, lastError: OVERLOADED.message })
    expect(one.reported).toHaveLength(9)
    Object.assign(one.deps, original)
    await one.run()
    expect(one.row()).toMatchObject({ status: 'done', done: 150, lastError: null })
  })

  it('comes back also when its own row cannot be read or written', async ({ expect }) => {
    const one = world([5])
    const original = { ...one.deps }
    one.deps.read = () => Promise.reject(new Error('away'))
    expect(await step(one.deps, 'blk_1')).toBe(one.now() + 1_000)
    Object.assign(one.deps, original)
    one.deps.save = () => Promise.reject(new Error('away'))
    expect(await step(one.deps, 'blk_1')).toBe(one.now() + 1_000)
    Object.assign(one.deps, original)
    await one.run()
    expect(one.row()).toMatchObject({ status: 'done', done: 5 })
  })

  it('puts aside what the database cannot digest, and does the rest', async ({ expect }) => {
    const one = world([150])
    for (const n of [7, 8, 99]) one.poisoned.add(`0:${n}`)
    await one.run()
    expect(one.row()).toMatchObject({ status: 'done', done: 147, failed: 3, lastError: 'malformed JSON' })
  })

  it('leaves what a person decided meanwhile, and still counts what it had begun', async ({ expect }) => {
    const one = world([300])
    const original = { ...one.deps }
    one.deps.act = async (...given) => {
      one.set({ status: 'paused', wakeAt: null })
      return original.act(...given)
    }
    await one.once()
    expect(one.row()).toMatchObject({ status: 'paused', done: 100, wakeAt: null })
    expect(await one.once()).toBeNull()
    expect([one.row().done, one.told]).toEqual([100, []])
    Object.assign(one.deps, original)
    one.set({ status: 'running', wakeAt: one.now() })
    await one.once()
    expect(one.row()).toMatchObject({ status: 'running', done: 200 })
    one.set({ status: 'cancelled', wakeAt: one.now(), finishedAt: one.now() })
    await one.run()
    expect(one.row()).toMatchObject({ status: 'cancelled', done: 200, wakeAt: null })
    expect(one.told).toEqual(['cancelled'])
  })

  it('counts nothing where another runner was quicker', async ({ expect }) => {
    const one = world([300])
    const original = { ...one.deps }
    one.deps.act = async (...given) => {
      const outcome = await original.act(...given)
      Object.assign(one.deps, original)
      await step(one.deps, 'blk_1')
      return outcome
    }
    await one.run()
    expect(one.row()).toMatchObject({ status: 'done', done: 300, skipped: 0 })
  })

  it('stops by itself when so many have died again, also over minutes, and goes on when it is told to', async ({ expect }) => {
    const one = world([20_000], { stopAfterFailures: 10 })
    for (let n = 0; n < 150; n++) await one.once()
    expect(one.row().status).toBe('running')
    const begun = one.row().createdAt
    one.deaths.push(begun + 1, begun + 2, ...Array.from({ length: 7 }, () => one.now()), begun - 1)
    await one.once()
    expect(one.row().status).toBe('running')
    one.deaths.push(one.now())
    await one.once()
    expect(one.row().status).toBe('running')
    one.deaths.push(one.now(), one.now())
    await one.run()
    expect(one.row()).toMatchObject({ status: 'stopped', wakeAt: null })
    expect(one.told).toEqual(['stopped'])
    const { done } = one.row()
    expect(done).toBeLessThan(20_000)
    one.set({ status: 'running', stopAfterFailures: null, wakeAt: one.now() })
    await one.run()
    expect(one.row()).toMatchObject({ status: 'done', done: 20_000 })
  })

  it('counts those that could not be put back to work among the failed', async ({ expect }) => {
    const one = world([400], { stopAfterFailures: 2 })
    for (const n of [395, 396]) one.poisoned.add(`0:${n}`)
    await one.run()
    expect(one.row()).toMatchObject({ status: 'stopped', failed: 2, done: 98 })
  })
})
