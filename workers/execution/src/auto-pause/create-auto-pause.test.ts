import type { LogEvent } from '@orchestrator/shared/contracts/events'
import type { AutoPausePolicy } from '@orchestrator/shared/contracts/policy'
import { createLogger } from '@orchestrator/shared/telemetry/logger'
import { describe, it } from 'vitest'
import { type CallPlace, createAutoPause } from './create-auto-pause.ts'
import type { PauseOutcome, PauseRequest } from './pause-connector.ts'
import { createAutoPauseState } from './state.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const SINCE = Date.UTC(2026, 10, 1)

interface Options {
  outcome?: () => Promise<PauseOutcome>
  resumedAt?: number
  paused?: boolean
  policy?: AutoPausePolicy | null
}

/** One isolate: what it writes and tells while a connector fails. */
function isolate({ outcome = async () => 'paused', resumedAt, paused = false, policy }: Options = {}) {
  const events: Omit<LogEvent, 'jobId'>[] = []
  const requests: PauseRequest[] = []
  const reported: unknown[] = []
  const kept: Promise<unknown>[] = []
  let now = SINCE
  const auto = createAutoPause(createAutoPauseState(), {
    now: () => now,
    newRequestId: () => 'req_1',
    pause: (request) => (requests.push(request), outcome()),
    logger: createLogger({}, () => undefined),
    report: (error) => void reported.push(error),
  })
  const connectors = [{ id: 'billing', resumedAt: resumedAt ?? null }] as unknown as CallPlace['config']['connectors']
  const place: CallPlace = {
    connector: 'billing',
    policy: { autoPause: policy === undefined ? { afterMs: 5 * DAY, warnAfterMs: [DAY, 3 * DAY] } : policy },
    config: { connectors, pauses: paused ? [{ kind: 'connector', id: 'billing' }] : [] },
    tools: { emit: (event) => void events.push(event), keep: (work) => void kept.push(work) },
  }
  /** At this time after it began to fail. */
  const at = async (afterMs: number, tell: 'onFailing' | 'onDisable' = 'onFailing') => {
    now = SINCE + afterMs
    if (tell === 'onFailing') auto.onFailing(place, SINCE)
    else auto.onDisable(place)
    await Promise.all(kept)
  }
  return { at, events, requests, reported, types: () => events.map(({ type }) => type) }
}

describe('a connector that fails for days', () => {
  it('is warned of, each warning at most once an hour, and then paused', async ({ expect }) => {
    const { at, events, requests, types } = isolate()
    for (const time of [HOUR, DAY, DAY + 1, DAY + HOUR - 1, DAY + HOUR, 3 * DAY]) await at(time)
    expect(events.map(({ data }) => data?.['afterMs'])).toEqual([DAY, DAY, 3 * DAY])
    expect(events[0]).toEqual({
      type: 'connector.failing',
      data: { connector: 'billing', failingSince: SINCE, failingForMs: DAY, afterMs: DAY, pausedAfterMs: 5 * DAY },
    })
    await at(5 * DAY)
    expect(requests).toMatchObject([
      { connector: 'billing', reason: 'every call has failed since 2026-11-01T00:00:00.000Z', at: SINCE + 5 * DAY },
    ])
    expect(types().at(-1)).toBe('connector.auto_paused')
  })

  it('is written at most once a minute, also when that fails', async ({ expect }) => {
    const failing = isolate({ outcome: async () => Promise.reject(new Error('D1 is down')) })
    for (const time of [0, 1, 59_999, 60_000]) await failing.at(5 * DAY + time)
    expect(failing.requests).toHaveLength(2)
    expect(failing.reported).toHaveLength(2)
    expect(failing.events).toEqual([])
  })

  it('is left alone when it is paused, was resumed, or somebody else was faster', async ({ expect }) => {
    const paused = isolate({ paused: true })
    await paused.at(5 * DAY)
    const resumed = isolate({ resumedAt: SINCE + DAY })
    await resumed.at(5 * DAY)
    expect([paused.requests, resumed.requests]).toEqual([[], []])
    const late = isolate({ outcome: async () => 'kept' })
    await late.at(5 * DAY)
    expect(late.types()).toEqual([])
    expect([null, SINCE - 1, SINCE + DAY].map((at) => late.requests[0]?.isDue(at))).toEqual([true, true, false])
  })
})

describe('a receiver that asks to be called no more', () => {
  it('is paused at once, and stays resumed when people say so later', async ({ expect }) => {
    const { at, events, requests } = isolate()
    await at(HOUR, 'onDisable')
    await at(HOUR + 1, 'onDisable')
    const reason = 'the receiver asked to be called no more (webhook-delivery: disable)'
    expect(requests).toMatchObject([{ connector: 'billing', reason }])
    expect(events).toEqual([{ type: 'connector.auto_paused', data: { connector: 'billing', reason, failingSince: null } }])
    expect([null, SINCE, SINCE + 2 * HOUR].map((resumedAt) => requests[0]?.isDue(resumedAt))).toEqual([true, true, false])
  })

  it('is only told of where the policy leaves pausing to people', async ({ expect }) => {
    const { at, requests, types } = isolate({ policy: null })
    await at(HOUR, 'onDisable')
    await at(HOUR + 1, 'onDisable')
    await at(100 * DAY)
    expect(requests).toEqual([])
    expect(types()).toEqual(['connector.failing'])
  })
})
