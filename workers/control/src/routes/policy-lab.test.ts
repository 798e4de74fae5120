import { beforeAll, describe, it } from 'vitest'
import type { PolicyLabReport } from '@orchestrator/shared/contracts/policy-lab'
import type { AttemptRecord } from '@orchestrator/shared/contracts/jobs'
import { newId } from '@orchestrator/shared/core/ids'
import { eventRow, insertRows, testId } from '@orchestrator/shared/testing/data-rows'
import { firstSeqFrom } from '../lists/by-seq.ts'
import { answer, ask, bindings, bindPeople, configContent, publishTestConfig } from '../testing/harness.ts'

const T0 = Date.UTC(2026, 10, 1)
const at = (ms: number) => new Date(T0 + ms).toISOString()

function attempt(changes: Partial<AttemptRecord> & { at: number }): string {
  const { at: ms, ...rest } = changes
  const success = rest.outcome !== 'failure'
  return JSON.stringify({
    attempt: 1,
    generation: 1,
    operation: 'set-subscription',
    method: 'PUT',
    url: 'https://billing.example.com/subscriptions/sub_1',
    startedAt: T0 + ms,
    durationMs: 50,
    outcome: 'success',
    status: success ? 200 : 503,
    failure: success ? null : 'status',
    error: null,
    idempotencyKey: 'key',
    responseExcerpt: null,
    ...rest,
  })
}

/** One job that gave up after two attempts within a second; the upstream was well again ten seconds later, in the other shard. */
beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
  const [lost, fine, late] = [testId('job', 0), testId('job', 1), testId('job', 0)]
  const row = (seq: number, ms: number, jobId: string | null, json: string, connector = 'billing') =>
    eventRow(seq, { at: T0 + ms + 5, kind: 'attempt', connector, jobId, attempt: json })
  await insertRows(
    bindings.DATA_00,
    'events',
    eventRow(3, { at: T0 - 3_600_000 }),
    row(10, 0, lost, attempt({ at: 0, outcome: 'failure' })),
    row(11, 500, null, attempt({ at: 500, outcome: 'failure', requestId: newId('req', 0, T0, Math.random), client: 'shop' })),
    row(12, 1_000, lost, attempt({ at: 1_000, attempt: 2, outcome: 'failure' })),
    row(13, 1_100, testId('job', 0), attempt({ at: 1_100, outcome: 'failure' }), 'shop'),
    // Its first attempt was before the period: nobody knows when it came.
    row(14, 1_200, testId('job', 0), attempt({ at: 1_200, attempt: 3, outcome: 'failure' })),
    row(40, 90_000_000, late, attempt({ at: 90_000_000 })),
  )
  await insertRows(bindings.DATA_01, 'events', row(1, 10_000, fine, attempt({ at: 10_000 })))
})

const question = { connector: 'billing', policy: 'billing', from: at(0), to: at(60_000) }
const lab = (changes: object) => ask('/v1/policies/lab', { as: 'viewer', method: 'POST', body: { ...question, ...changes } })

describe('the policy lab', () => {
  it('shows what happened beside what the policy in force and a draft make of it, over all shards', async ({ expect }) => {
    const draft = { retry: { maxAttempts: 8, baseMs: 4_000, jitter: 'none' }, circuitBreaker: null }
    const report = await answer<PolicyLabReport>(lab({ policy: draft }))
    expect(report).toMatchObject({ connector: 'billing', capped: false })
    expect(report.observed).toMatchObject({ calls: 2, succeeded: 1, failed: 1, attempts: 3, refused: null })
    expect(report.inForce).toMatchObject({ calls: 2 })
    expect(report.draft).toMatchObject({ calls: 2, succeeded: 2, failed: 0 })
    expect(report.differing).toMatchObject([{ observed: { outcome: 'failed' }, draft: { outcome: 'succeeded' } }])
    expect(report.assumptions.join(' ')).toContain('/execute')
  })

  it('takes a policy by its id, and leaves other operations, connectors and times out', async ({ expect }) => {
    const whole = await answer<PolicyLabReport>(lab({}))
    expect(whole.draft).toEqual(whole.inForce)
    expect((await answer<PolicyLabReport>(lab({ operation: 'echo' }))).observed.calls).toBe(0)
    expect((await answer<PolicyLabReport>(lab({ from: at(5_000) }))).observed.calls).toBe(1)
    expect((await answer<PolicyLabReport>(lab({ from: at(200_000_000), to: at(300_000_000) }))).observed.calls).toBe(0)
  })

  it('takes the policy that an operation has of its own for the one in force, where that is asked about', async ({ expect }) => {
    const [policy] = configContent.policies
    const [operation] = configContent.operations
    const single = { ...policy!, id: 'single', retry: { ...policy!.retry, maxAttempts: 1 } }
    await publishTestConfig({
      policies: [...configContent.policies, single],
      operations: [{ ...operation!, policy: 'single' }, ...configContent.operations.slice(1)],
    })
    const report = await answer<PolicyLabReport>(lab({ operation: operation!.name, policy: 'single' }))
    expect(report.inForce).toMatchObject({ calls: 2, attempts: 2 })
    expect(report.inForce).toEqual(report.draft)
    await publishTestConfig()
  })

  it('names what is wrong with the question', async ({ expect }) => {
    const wrong = async (changes: object, status: number) =>
      (await answer<{ issues?: { path: string }[] }>(lab(changes), status)).issues
    expect(await wrong({ to: at(0) }, 400)).toMatchObject([{ path: 'to' }])
    expect(await wrong({ policy: { retry: { maxAttempts: 0 } } }, 400)).toMatchObject([{ path: 'retry.maxAttempts' }])
    expect(await wrong({ policy: { retries: 3 } }, 400)).toMatchObject([{ path: '' }])
    await wrong({ connector: 'nowhere' }, 404)
    await wrong({ policy: 'nothing' }, 404)
  })

  it('changes nothing, and needs no more than a viewer', async ({ expect }) => {
    const revisions = () => bindings.CONTROL_DB.prepare('SELECT count(*) AS n FROM config_revisions').first<number>('n')
    const before = await revisions()
    await answer(lab({ policy: {} }))
    expect(await revisions()).toBe(before)
  })

  it('finds the place of a time in the log by halving, gaps or not', async ({ expect }) => {
    const find = (ms: number) => firstSeqFrom(bindings.DATA_00, T0 + ms)
    expect(await find(-10_000_000)).toBeLessThanOrEqual(3)
    expect(await find(-1_000)).toBeGreaterThan(3)
    expect(await find(-1_000)).toBeLessThanOrEqual(10)
    expect(await find(600)).toBe(12)
    expect(await find(1_205)).toBe(14)
    expect(await find(100_000_000)).toBe(41)
    expect(await firstSeqFrom(bindings.DATA_01, 0)).toBe(1)
  })
})
