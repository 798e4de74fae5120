import { DEAD_LETTER_COLUMNS, selectList } from '@orchestrator/shared/db/columns'
import type { DeadLetterRow } from '@orchestrator/shared/db/data-schema'
import { FALLBACK_PREFIX, fallbackKey, type RestoreOutcome } from '@orchestrator/shared/inbox/restore-accepted'
import { createLogger } from '@orchestrator/shared/telemetry/logger'
import { testId } from '@orchestrator/shared/testing/data-rows'
import { beforeEach, describe, it } from 'vitest'
import { createIsolate, createSweepDeps } from '../deps.ts'
import { env, only } from '../testing/stack.ts'
import { MAX_PAGES, MAX_RESTORING_MS, restoreWaiting, type RestoreWaitingDeps } from './restore-waiting.ts'

/** A round with an isolate of its own, as after a deployment. */
function round(fake: Partial<RestoreWaitingDeps> = {}) {
  const lines: string[] = []
  const logger = createLogger({}, (_level, line) => void lines.push(line))
  const deps = { ...createSweepDeps(env, createIsolate(), { logger, reporter: { report: () => undefined } }), ...fake }
  return { run: () => restoreWaiting(deps, 0), lines }
}

/** Tries objects without a database; `answer` says what becomes of each. */
function tried(answer: (key: string) => RestoreOutcome | Promise<RestoreOutcome>, fake: Partial<RestoreWaitingDeps> = {}) {
  const keys: string[] = []
  const restoreObject = async (key: string) => {
    keys.push(key)
    return answer(key)
  }
  return { keys, ...round({ ...fake, restoreObject }) }
}

const restored = (key: string): RestoreOutcome => ({ outcome: 'restored', id: key, jobs: 0 })

async function waiting(count: number, body = 'not a webhook'): Promise<string[]> {
  const keys = Array.from({ length: count }, () => fallbackKey(testId('whk')))
  for (const key of keys) await env.PAYLOADS.put(key, body)
  return keys
}

async function lettersOn(db: D1Database): Promise<DeadLetterRow[]> {
  return (await db.prepare(`SELECT ${selectList(DEAD_LETTER_COLUMNS)} FROM dead_letters`).all<DeadLetterRow>()).results
}

beforeEach(async () => {
  const { objects } = await env.PAYLOADS.list()
  await env.PAYLOADS.delete(objects.map(({ key }) => key))
  await env.DATA_00.exec('DELETE FROM dead_letters')
  await env.DATA_01.exec('DELETE FROM dead_letters')
})

describe('a webhook in R2 that cannot be read', () => {
  it('stays where it is, and has one dead letter, however often it is met', async ({ expect }) => {
    const [key = ''] = await waiting(1)
    const first = round()
    expect(await first.run()).toBe(0)
    expect(first.lines.filter((line) => line.includes('a webhook that waits cannot be read'))).toHaveLength(1)
    const again = round()
    await again.run()
    expect(again.lines).toEqual([])
    expect(await (await env.PAYLOADS.get(key))?.text()).toBe('not a webhook')
    const letter = only(await lettersOn(env.DATA_00))
    expect(letter).toMatchObject({ class: 'poison', queue: 'webhook', status: 'open', generation: 1 })
    expect(letter.error).toContain(key)
    expect(JSON.parse(letter.message ?? '')).toEqual({
      kind: 'fallback-pointer',
      inboxId: key.slice(FALLBACK_PREFIX.length),
      key,
    })
  })

  it('has its letter in the database that its id names, else where new webhooks go', async ({ expect }) => {
    await env.PAYLOADS.put(fallbackKey(testId('whk', 1)), 'x')
    await env.PAYLOADS.put(fallbackKey(testId('whk', 99)), 'x')
    await env.PAYLOADS.put(`${FALLBACK_PREFIX}who knows`, 'x')
    await round().run()
    expect([(await lettersOn(env.DATA_00)).length, (await lettersOn(env.DATA_01)).length]).toEqual([2, 1])
  })

  it('keeps no later one waiting', async ({ expect }) => {
    const keys = await waiting(120)
    const last = keys.at(-1) ?? ''
    const { run } = tried((key) => (key === last ? restored(key) : { outcome: 'unreadable', key }), {
      isKept: async () => true,
    })
    expect(await run()).toBe(1)
  })

  it('is tried again when its letter could not be written', async ({ expect }) => {
    const keys = await waiting(2)
    const failing = tried((key) => ({ outcome: 'unreadable', key }), { keepUnreadable: async () => false })
    expect(await failing.run()).toBe(0)
    expect(failing.keys).toEqual(keys.slice(0, 1))
    await round().run()
    expect(await lettersOn(env.DATA_00)).toHaveLength(2)
  })
})

describe('a round of restoring', () => {
  it('ends with the first failure, and the next begins behind it and comes back', async ({ expect }) => {
    const keys = await waiting(3)
    const down = () => Promise.reject(new Error('D1 is down'))
    const first = tried(down)
    expect(await first.run()).toBe(0)
    expect(first.lines).toHaveLength(1)
    const second = tried((key) => (key === keys[0] ? down() : restored(key)))
    expect(await second.run()).toBe(2)
    expect([first.keys, second.keys]).toEqual([[keys[0]], [keys[1], keys[2], keys[0]]])
  })

  it('ends when its time is over, with at least one looked at', async ({ expect }) => {
    const keys = await waiting(3)
    let now = 0
    const slow = { now: () => (now += MAX_RESTORING_MS) }
    const first = tried(restored, slow)
    await first.run()
    const second = tried(restored, slow)
    await second.run()
    expect([first.keys, second.keys]).toEqual([[keys[0]], [keys[1]]])
  })

  it('looks at so many pages, and goes on from there', async ({ expect }) => {
    const asked: (string | undefined)[] = []
    const listFallbacks = async (after: string | undefined) => {
      asked.push(after)
      return { objects: [{ key: `${FALLBACK_PREFIX}${String(asked.length).padStart(3, '0')}`, at: 1 }], more: true }
    }
    await tried(restored, { listFallbacks }).run()
    expect(asked).toHaveLength(MAX_PAGES)
    await tried(restored, { listFallbacks }).run()
    expect(asked[MAX_PAGES]).toBe(`${FALLBACK_PREFIX}010`)
  })
})
