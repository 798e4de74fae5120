import { type ChangedPolicy, changedPolicy, type PolicyView, policyView } from '@orchestrator/shared/contracts/policy-api'
import { beforeAll, describe, it } from 'vitest'
import { auditLog, issuesOf, read, write } from '../testing/config.ts'
import { answer, bindPeople, publishTestConfig } from '../testing/harness.ts'

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})

describe('a policy', () => {
  it('is created by its id alone, with defaults for the rest', async ({ expect }) => {
    const response = await write('POST', '/v1/policies', { id: 'careful', reason: 'for payments' })
    expect(response.status).toBe(201)
    expect(response.headers.get('location')).toBe('/v1/policies/careful')
    const created = changedPolicy.strict().parse(await response.json())
    expect(created).toMatchObject({
      retry: { maxAttempts: 5, jitter: 'full' },
      circuitBreaker: { failureRate: 0.5 },
      rateLimit: null,
      usedBy: { connectors: [], operations: [], routes: [] },
      warnings: [],
    })
    const one = await read('/v1/policies/careful')
    expect(policyView.strict().parse(one)).toEqual(one)
    expect((await auditLog())[0]).toMatchObject({
      seq: created.auditSeq,
      action: 'policy.created',
      target: 'policy:careful',
      before: null,
    })
    const { items } = await read<{ items: PolicyView[] }>('/v1/policies')
    expect(items.map(({ id }) => id)).toEqual(['careful', 'billing'])
    expect((await write('POST', '/v1/policies', { id: 'careful' })).status).toBe(409)
    expect((await write('POST', '/v1/policies', { id: 'mine' }, { as: 'operator' })).status).toBe(403)
  })

  it('is refused with each field that is wrong named', async ({ expect }) => {
    const post = async (changes: object) =>
      Object.keys(await issuesOf(write('POST', '/v1/policies', { id: 'x', ...changes }))).sort()
    expect(await post({ retry: { maxAttempts: 0, jitter: 'some' } })).toEqual(['retry.jitter', 'retry.maxAttempts'])
    expect(await post({ timeout: { perAttemptMs: 9_000, totalMs: 5_000 } })).toEqual(['timeout.totalMs'])
    expect(await post({ rateLimit: { limit: 5, key: 'client.(' } })).toEqual(['rateLimit.key'])
    expect(await post({ retry: { attempts: 3 } })).toEqual(['retry'])
    expect(await post({ hegde: null })).toEqual([''])
  })

  it('changes field by field, and tells whose calls it governs', async ({ expect }) => {
    const changed = await answer<ChangedPolicy>(
      write('PATCH', '/v1/policies/billing', { rateLimit: { limit: 50 }, reason: 'they asked for it' }),
    )
    expect(changed).toMatchObject({
      rateLimit: { limit: 50, perMs: 1_000, burst: 0, key: null },
      retry: { maxAttempts: 4 },
      usedBy: { connectors: ['billing'], operations: [], routes: [] },
    })
    expect(changed.warnings.join()).toContain('every call asks the limiter first')
    expect((await auditLog())[0]).toMatchObject({
      action: 'policy.updated',
      reason: 'they asked for it',
      before: { rateLimit: null },
      after: { rateLimit: { limit: 50 } },
    })
    expect(await answer(write('PATCH', '/v1/policies/billing', { rateLimit: null }))).toMatchObject({ rateLimit: null })
    expect(Object.keys(await issuesOf(write('PATCH', '/v1/policies/billing', { id: 'other' })))).toEqual(['id'])
    expect((await write('PATCH', '/v1/policies/gone', {})).status).toBe(404)
  })

  it('is deleted when it governs nothing', async ({ expect }) => {
    await answer(write('PATCH', '/v1/connectors/billing/operations/set-subscription', { policy: 'careful' }))
    expect(await read('/v1/policies/careful')).toMatchObject({ usedBy: { operations: ['billing/set-subscription'] } })
    const refused = await answer<{ detail: string }>(write('DELETE', '/v1/policies/careful'), 409)
    expect(refused.detail).toContain('operations billing/set-subscription')
    expect((await write('DELETE', '/v1/policies/billing')).status).toBe(409)
    await answer(write('PATCH', '/v1/connectors/billing/operations/set-subscription', { policy: null }))
    expect(await answer(write('DELETE', '/v1/policies/careful'))).toMatchObject({ id: 'careful', deleted: true })
    expect((await auditLog())[0]).toMatchObject({ action: 'policy.deleted', target: 'policy:careful', after: null })
    expect((await write('DELETE', '/v1/policies/careful')).status).toBe(404)
  })
})
