import type { Attempt, Event } from '@orchestrator/shared/contracts/control-api'
import { EVENT_TYPES } from '@orchestrator/shared/contracts/events'
import { describe, it } from 'vitest'
import { buildTimeline } from './timeline.ts'
import { describeEvent } from './timeline-events.ts'

const BASE = Date.parse('2026-11-23T12:00:00.000Z')
const at = (ms: number) => new Date(BASE + ms).toISOString()

function event(id: string, type: Event['type'], ms: number, data: Record<string, unknown> = {}): Event {
  const about = { provider: 'stripe', connector: 'billing', inboxId: 'whk_1', jobId: 'job_1', trace: null }
  return { id: `evt_00.${id}`, type, at: at(ms), ...about, data }
}

function attempt(seq: number, no: number, ms: number, more: Partial<Attempt> = {}): Attempt {
  return {
    id: `att_00.${seq}`,
    jobId: 'job_1',
    requestId: null,
    client: null,
    attempt: no,
    generation: 1,
    connector: 'billing',
    operation: 'set-subscription',
    method: 'PUT',
    url: 'http://billing/x',
    startedAt: at(ms),
    durationMs: 20,
    outcome: 'failure',
    status: 500,
    failure: 'status',
    error: 'answered 500',
    idempotencyKey: 'job_1',
    responseBytes: null,
    trace: null,
    ...more,
  }
}

const ARRIVAL = [
  event('1.0', 'webhook.accepted', 0, { eventType: 'customer.subscription.updated' }),
  event('1.1', 'job.queued', 0, { queue: 'webhook', route: 'stripe-subscriptions' }),
]

function job(more: Partial<Parameters<typeof buildTimeline>[0]> = {}): Parameters<typeof buildTimeline>[0] {
  return {
    id: 'job_1',
    status: 'succeeded',
    queue: 'webhook',
    createdAt: at(0),
    nextAttemptAt: null,
    finishedAt: null,
    maxAttempts: 4,
    attempts: [],
    events: ARRIVAL,
    ...more,
  }
}

const titles = (entries: ReturnType<typeof buildTimeline>) => entries.map((entry) => entry.title)

describe('the timeline of a job', () => {
  it('merges attempts and events by time, whichever order they come in', ({ expect }) => {
    const entries = buildTimeline(
      job({
        attempts: [attempt(5, 2, 1_500, { outcome: 'success', status: 200 }), attempt(3, 1, 100)],
        events: [
          event('5.0', 'job.succeeded', 1_520),
          ...ARRIVAL.toReversed(),
          event('3.0', 'job.retrying', 120, { delayMs: 1_000 }),
        ],
      }),
    )
    expect(titles(entries)).toEqual(['Webhook accepted', 'Queued', 'Attempt 1 of 4', 'Attempt 2 of 4', 'Succeeded'])
    expect(entries[0]?.facts).toEqual(['stripe', 'customer.subscription.updated'])
  })

  it('breaks ties by the place in the log, an attempt before the events of its own row', ({ expect }) => {
    const entries = buildTimeline(
      job({
        status: 'dead',
        attempts: [attempt(10, 1, 0, { durationMs: 0 })],
        events: [event('10.0', 'job.dead', 0, { class: 'upstream_rejected', error: 'no' }), event('9.0', 'job.queued', 0)],
      }),
    )
    expect(titles(entries)).toEqual(['Queued', 'Attempt 1 of 4', 'Dead: no further attempts'])
    expect(entries[2]).toMatchObject({ tone: 'danger', facts: ['Upstream rejected it'], note: 'no' })
  })

  it('goes by the time an attempt began, although its row is written when it ended', ({ expect }) => {
    const entries = buildTimeline(
      job({
        attempts: [attempt(8, 1, 100, { durationMs: 4_000 })],
        events: [...ARRIVAL, event('5.0', 'job.resent', 2_000)],
      }),
    )
    expect(titles(entries)).toEqual(['Webhook accepted', 'Queued', 'Attempt 1 of 4', 'Sent to the queue again by the sweep'])
  })

  it('tells how long after the end of an attempt the next one began', ({ expect }) => {
    const entries = buildTimeline(job({ attempts: [attempt(3, 1, 100), attempt(4, 2, 1_120)] }))
    expect(entries.map((entry) => entry.wait)).toEqual([null, null, { ms: 1_000, planned: false }, null])
  })

  it('tells the planned delay while the next attempt has not begun', ({ expect }) => {
    const entries = buildTimeline(
      job({
        status: 'retrying',
        nextAttemptAt: at(2_020),
        attempts: [attempt(3, 1, 0)],
        events: [...ARRIVAL, event('3.0', 'job.retrying', 20, { delayMs: 2_000 })],
      }),
    )
    expect(entries[2]?.wait).toEqual({ ms: 2_000, planned: true })
    expect(entries.at(-1)).toMatchObject({ mark: 'pending', at: at(2_020), title: 'Waiting for the next attempt' })
  })

  it('does not mix the attempts of two generations', ({ expect }) => {
    const entries = buildTimeline(
      job({
        attempts: [
          attempt(3, 1, 0),
          attempt(9, 1, 60_000, { generation: 2 }),
          attempt(10, 2, 61_000, { generation: 2, outcome: 'success' }),
        ],
        events: [
          ...ARRIVAL,
          event('3.0', 'job.dead', 20, { class: 'timeout' }),
          event('7.0', 'job.replayed', 50_000, {
            reason: 'billing is back',
            actor: { kind: 'user', id: 'operator@example.com' },
            fromGeneration: 1,
          }),
        ],
      }),
    )
    expect(titles(entries)).toEqual([
      'Webhook accepted',
      'Queued',
      'Attempt 1',
      'Dead: no further attempts',
      'Replayed',
      'Attempt 1 of 4',
      'Attempt 2 of 4',
    ])
    expect(entries[2]?.wait).toBeNull()
    expect(entries[4]).toMatchObject({ facts: ['generation 2', 'operator@example.com'], note: 'billing is back' })
  })

  it('says that an attempt without an answer may have had its effect', ({ expect }) => {
    const [, , entry] = buildTimeline(
      job({ attempts: [attempt(3, 1, 0, { outcome: 'unknown', status: null, failure: 'timeout', error: 'No answer in 5 s.' })] }),
    )
    expect(entry).toMatchObject({
      tone: 'warning',
      note: 'No answer in 5 s. The call was sent, so the upstream may have acted on it.',
    })
  })

  it('shows deferrals with their cause, since they cost no attempt', ({ expect }) => {
    const entries = buildTimeline(
      job({
        status: 'queued',
        events: [...ARRIVAL, event('4.0', 'job.deferred', 10, { reason: 'circuit_breaker', retryAfterMs: 5_000 })],
      }),
    )
    expect(entries[2]).toMatchObject({ title: 'Deferred without using an attempt', facts: ['for 5 s'] })
    expect(entries[2]?.note).toContain('circuit breaker is open')
  })

  it('begins with the creation when the log does not tell the arrival', ({ expect }) => {
    expect(titles(buildTimeline(job({ events: [] })))).toEqual(['Created'])
  })

  it.for([
    ['queued', 'Waiting in the webhook queue'],
    ['running', 'An attempt is being made now'],
    ['held', 'Held until an operator resumes it'],
    ['scheduled', 'Waiting until it is due'],
  ] as const)('ends with what a %s job waits for', ([status, title], { expect }) => {
    expect(buildTimeline(job({ status })).at(-1)).toMatchObject({ mark: 'pending', title })
  })

  it.for(['succeeded', 'dead', 'cancelled'] as const)('has nothing pending once the job is %s', (status, { expect }) => {
    expect(buildTimeline(job({ status })).some((entry) => entry.mark === 'pending')).toBe(false)
  })

  it('has a key of its own for every entry', ({ expect }) => {
    const entries = buildTimeline(job({ status: 'running', attempts: [attempt(1, 1, 0), attempt(2, 2, 50)] }))
    expect(new Set(entries.map((entry) => entry.key)).size).toBe(entries.length)
  })
})

describe('an event in words', () => {
  it.for([...EVENT_TYPES])('%s has a title even without any data', (type, { expect }) => {
    const told = describeEvent({ ...event('1.0', type, 0), provider: null, connector: null })
    expect(told.title).not.toBe('')
    expect(told.facts).toEqual([])
    expect(told.note).toBeNull()
  })

  it('names what is paused when a job is held', ({ expect }) => {
    expect(describeEvent(event('1.0', 'job.held', 0, { kind: 'connector', id: 'billing' })).note).toBe(
      'The connector billing is paused.',
    )
  })
})
