import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest'
import type { AuditEntry, DeadLetter, JobDetail } from '@orchestrator/shared/contracts/control-api'
import { billingBehaves, billingCalls, callsFor, subscriptionStatus } from '../support/billing.ts'
import { ask, askWith, jobOf, jobReaches, token } from '../support/control.ts'
import { eventually } from '../support/eventually.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { post, postSpread } from '../support/webhooks.ts'

/** What the clock and the queue add to a delay: whole seconds, rounded up, and the work itself, ms. */
const SLACK_MS = 1_800

/** From the end of each attempt to the start of the next, ms. */
function gaps(job: JobDetail): number[] {
  return job.attempts.slice(1).map((attempt, i) => {
    const before = job.attempts[i]
    return Date.parse(attempt.startedAt) - Date.parse(before?.startedAt ?? '') - (before?.durationMs ?? 0)
  })
}

describe('when billing fails', () => {
  let stack: Stack

  beforeAll(async () => {
    stack = await startStack()
  })
  afterAll(() => stack?.stop())

  beforeEach(async () => {
    await billingBehaves(stack.port, { mode: 'ok' })
  })

  const deadLetterOf = async (jobId: string): Promise<DeadLetter> => {
    const { body } = await ask<{ items: DeadLetter[] }>(stack.port, 'viewer', '/v1/dead-letters?status=open')
    const found = body.items.find((deadLetter) => deadLetter.jobId === jobId)
    if (!found) throw new Error(`no open dead letter of ${jobId}`)
    return found
  }

  it('with 500: attempts at growing caps, then dead, then replayed with a reason that the audit log keeps', async ({
    expect,
  }) => {
    await billingBehaves(stack.port, { mode: 'status', status: 500 })
    const sent = await post(stack.port, 'evt_500', 'sub_500')
    const dead = await jobReaches(stack.port, sent.id ?? '', 'dead', 60_000)
    expect(dead.attempts.map(({ status }) => status)).toEqual([500, 500, 500, 500])
    const caps = [1_000, 2_000, 4_000]
    for (const [i, gap] of gaps(dead).entries()) {
      expect(gap, `gap ${i}`).toBeGreaterThanOrEqual((caps[i] ?? 0) / 2)
      expect(gap, `gap ${i}`).toBeLessThanOrEqual((caps[i] ?? 0) + SLACK_MS)
    }
    const deadLetter = await deadLetterOf(dead.id)
    expect(deadLetter).toMatchObject({ class: 'upstream_failed', queue: 'webhook', attempts: 4, status: 'open' })
    expect(new Set((await callsFor(stack.port, 'sub_500')).map((call) => call.idempotencyKey))).toEqual(new Set([dead.id]))

    const replay = `/v1/dead-letters/${deadLetter.id}/replay`
    for (const body of [{}, { reason: '' }, { reason: '   ' }])
      expect((await ask(stack.port, 'operator', replay, body)).status).toBe(400)
    const why = { reason: 'billing is back' }
    expect((await ask(stack.port, 'viewer', replay, why)).status).toBe(403)
    expect((await askWith(stack.port, {}, replay, why)).status).toBe(401)
    for (const query of ['app=breakglass', 'app=console&ttlSeconds=-120']) {
      const wrong = await token(stack.port, 'operator@example.com', query)
      expect([401, 403], query).toContain((await askWith(stack.port, { 'cf-access-jwt-assertion': wrong }, replay, why)).status)
    }
    const forged = `${(await token(stack.port, 'operator@example.com')).slice(0, -8)}AAAAAAAA`
    expect((await askWith(stack.port, { 'cf-access-jwt-assertion': forged }, replay, why)).status).toBe(401)
    expect(await subscriptionStatus(stack.port, 'sub_500')).toBeUndefined()

    await billingBehaves(stack.port, { mode: 'ok' })
    const done = await ask(stack.port, 'operator', replay, why)
    expect([done.status, done.body]).toMatchObject([200, { jobId: dead.id, generation: 2, status: 'queued' }])
    const again = await jobReaches(stack.port, sent.id ?? '', 'succeeded')
    expect(await subscriptionStatus(stack.port, 'sub_500')).toBe('active')
    expect(again.generation).toBe(2)
    expect(again.attempts.at(-1)?.idempotencyKey).toBe(dead.id)
    expect((await ask(stack.port, 'operator', replay, why)).status).toBe(409)

    const { body: audit } = await ask<{ items: AuditEntry[] }>(stack.port, 'admin', '/v1/audit')
    const outcome = audit.items.find(({ action, target }) => action === 'dead_letter.replayed' && target.includes(dead.id))
    expect(outcome).toMatchObject({
      actor: { kind: 'user', id: 'operator@example.com' },
      role: 'operator',
      reason: 'billing is back',
      before: { status: 'dead', generation: 1 },
      after: { status: 'queued', generation: 2 },
    })
    const intent = audit.items.find(({ seq }) => seq === outcome?.intentSeq)
    expect(intent?.action).toBe('dead_letter.replay_requested')
    for (const entry of audit.items) {
      const before = audit.items.find(({ seq }) => seq === entry.seq - 1)
      if (before) expect(entry.prevHash).toBe(before.hash)
    }
  })

  it('with 422: dead after one attempt', async ({ expect }) => {
    await billingBehaves(stack.port, { mode: 'status', status: 422 })
    const sent = await post(stack.port, 'evt_422', 'sub_422')
    const dead = await jobReaches(stack.port, sent.id ?? '', 'dead')
    expect(dead.attempts).toHaveLength(1)
    expect((await deadLetterOf(dead.id)).class).toBe('upstream_rejected')
  })

  it('with 429 and Retry-After: the next attempt is no sooner', async ({ expect }) => {
    await billingBehaves(stack.port, { mode: 'status', status: 429, retryAfterSeconds: 3 })
    const sent = await post(stack.port, 'evt_429', 'sub_429')
    await eventually('the first attempt', 10_000, async () => (await callsFor(stack.port, 'sub_429')).length > 0 || 'no call')
    await billingBehaves(stack.port, { mode: 'ok' })
    const job = await jobReaches(stack.port, sent.id ?? '', 'succeeded')
    expect(job.attempts).toHaveLength(2)
    expect(gaps(job)[0]).toBeGreaterThanOrEqual(3_000)
  })

  it('by hanging: the attempt times out, its outcome unknown', async ({ expect }) => {
    await billingBehaves(stack.port, { mode: 'hang' })
    const sent = await post(stack.port, 'evt_hang', 'sub_hang')
    await eventually('the first attempt being given up', 20_000, async () => {
      const { attempts } = await jobOf(stack.port, sent.id ?? '')
      return attempts.length > 0 || 'no attempt yet'
    })
    await billingBehaves(stack.port, { mode: 'ok' })
    const job = await jobReaches(stack.port, sent.id ?? '', 'succeeded')
    expect(job.attempts[0]).toMatchObject({ outcome: 'unknown', failure: 'timeout', status: null })
    expect(job.attempts[0]?.durationMs).toBeGreaterThanOrEqual(4_900)
  })
})

describe('when billing fails for everybody', () => {
  let stack: Stack

  beforeAll(async () => {
    stack = await startStack()
  })
  afterAll(() => stack?.stop())

  it('the breaker opens, jobs are deferred without losing attempts, it half-opens and closes', async ({ expect }) => {
    await billingBehaves(stack.port, { mode: 'status', status: 503 })
    const sent = await postSpread(stack.port, 30, 1_000, 'breaker')
    const events = async (type: string) =>
      (await ask<{ items: { type: string }[] }>(stack.port, 'viewer', `/v1/events?type=${type}`)).body.items.length
    await eventually('the breaker opening', 20_000, async () => (await events('breaker.opened')) > 0 || 'still closed')
    await eventually('jobs being deferred', 20_000, async () => (await events('job.deferred')) > 0 || 'none deferred')
    // Open for 5 s, then one probe at a time: of 30 jobs that want to call, next to none does.
    const before = (await billingCalls(stack.port)).length
    await new Promise((resolve) => setTimeout(resolve, 4_000))
    expect((await billingCalls(stack.port)).length - before).toBeLessThanOrEqual(2)
    // Deferred for as long as four attempts would take and more, and still none is lost.
    for (const { id } of sent) expect((await jobOf(stack.port, id ?? '')).status).not.toBe('dead')

    await billingBehaves(stack.port, { mode: 'ok' })
    await eventually('the breaker closing', 60_000, async () => (await events('breaker.closed')) > 0 || 'not closed')
    expect(await events('breaker.half_opened')).toBeGreaterThan(0)
    const jobs = await Promise.all(sent.map(({ id }) => jobReaches(stack.port, id ?? '', 'succeeded', 90_000)))
    const deferred = jobs.filter((job) => job.events.some(({ type }) => type === 'job.deferred'))
    expect(deferred.length).toBeGreaterThan(0)
    // A deferral is told in the job's story, and is none of its attempts.
    for (const job of deferred) expect(job.events.length).toBeGreaterThan(job.attempts.length + 1)
  })
})
