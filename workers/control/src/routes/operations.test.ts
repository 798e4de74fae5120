import {
  type ChangedOperation,
  changedOperation,
  type OperationView,
  operationView,
} from '@orchestrator/shared/contracts/connector-api'
import { beforeAll, describe, it } from 'vitest'
import { auditLog, issuesOf, read, routeFields, write } from '../testing/config.ts'
import { answer, bindPeople, publishTestConfig } from '../testing/harness.ts'

const OPERATIONS = '/v1/connectors/billing/operations'
const operation = (changes: object = {}): object => ({
  name: 'find',
  method: 'GET',
  path: '/accounts/{id}?plan={plan}',
  ...changes,
})

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
  await answer(write('POST', '/v1/providers', { id: 'stripe-eu', preset: 'stripe' }), 201)
})

describe('an operation', () => {
  it('is created under its connector', async ({ expect }) => {
    const response = await write('POST', OPERATIONS, operation({ reason: 'look accounts up' }))
    expect(response.status).toBe(201)
    expect(response.headers.get('location')).toBe(`${OPERATIONS}/find`)
    const created = changedOperation.strict().parse(await response.json())
    expect(created).toMatchObject({
      connector: 'billing',
      body: null,
      policy: null,
      idempotent: null,
      inputSchema: null,
      response: null,
      success: null,
      raw: false,
      forwardHeaders: [],
      usedBy: { routes: [] },
      warnings: [],
    })
    expect((await auditLog())[0]).toMatchObject({
      seq: created.auditSeq,
      action: 'operation.created',
      target: 'operation:billing/find',
      reason: 'look accounts up',
      before: null,
      after: { connector: 'billing', name: 'find' },
    })
    const one = await read(`${OPERATIONS}/find`)
    expect(operationView.strict().parse(one)).toEqual(one)
    const { items } = await read<{ items: OperationView[] }>(OPERATIONS)
    expect(items.map(({ name }) => name)).toEqual(['find', 'set-subscription'])
    expect((await write('POST', OPERATIONS, operation())).status).toBe(409)
    expect((await write('POST', '/v1/connectors/gone/operations', operation())).status).toBe(404)
    expect((await write('POST', OPERATIONS, operation({ name: 'y' }), { as: 'operator' })).status).toBe(403)
  })

  it('is refused with each field that is wrong named', async ({ expect }) => {
    const post = async (changes: object) =>
      Object.keys(await issuesOf(write('POST', OPERATIONS, operation({ name: 'x', ...changes })))).sort()
    const paths = ['/a/{id', '/a/}', '/a/{}', '/a/../b', '/a/%2E%2e/b', '/a b', '/a#b', '/a\\b', '/ä']
    for (const path of paths) expect(await post({ path }), path).toEqual(['path'])
    expect(await post({ path: 'accounts' })).toEqual(['path'])
    expect(await post({ body: '$' })).toEqual(['body'])
    expect(await post({ raw: true })).toEqual(['raw'])
    expect(await post({ method: 'POST', raw: true, body: '$' })).toEqual(['body'])
    expect(
      await post({ method: 'POST', body: '{"id": ', response: '$eval("1")', success: { statuses: ['2xx'], when: '/x+/' } }),
    ).toEqual(['body', 'response', 'success.when'])
    for (const statuses of [['timeout'], ['299-200'], ['!500']]) {
      expect(await post({ success: { statuses, when: null } }), statuses[0]).toEqual(['success.statuses'])
    }
    expect(await post({ inputSchema: { type: 'object', properties: { id: { type: 'text' } } } })).toEqual([
      'inputSchema.properties.id.type',
    ])
    expect(await post({ policy: 'gone' })).toEqual(['policy'])
    expect(await post({ forwardHeaders: ['x-shop', 'host', 'authorization'] })).toEqual(['forwardHeaders.1', 'forwardHeaders.2'])
    expect(await post({ connector: 'other' })).toEqual(['connector'])
    expect(await post({ retries: 3 })).toEqual([''])
    expect(await post({ name: 'Not A Name', method: 'TRACE' })).toEqual(['method', 'name'])
  })

  it('changes field by field', async ({ expect }) => {
    const change = { success: { statuses: ['2xx', '404'], when: null }, policy: 'billing' }
    expect(await answer<ChangedOperation>(write('PATCH', `${OPERATIONS}/find`, change))).toMatchObject({
      ...change,
      method: 'GET',
    })
    expect((await auditLog())[0]).toMatchObject({
      action: 'operation.updated',
      before: { success: null, policy: null },
      after: change,
    })
    const back = await answer<ChangedOperation>(
      write('PATCH', `${OPERATIONS}/find`, { success: null, connector: 'billing', name: 'find' }),
    )
    expect(back).toMatchObject({ success: null, policy: 'billing' })
    expect(Object.keys(await issuesOf(write('PATCH', `${OPERATIONS}/find`, { name: 'search' })))).toEqual(['name'])
    expect(Object.keys(await issuesOf(write('PATCH', `${OPERATIONS}/find`, { connector: 'other' })))).toEqual(['connector'])
    expect((await write('PATCH', `${OPERATIONS}/gone`, {})).status).toBe(404)
  })

  it('tells what is not as one might think', async ({ expect }) => {
    await answer(write('POST', '/v1/policies', { id: 'hedged', hedge: { delayMs: 500 } }), 201)
    const fields = { name: 'pay', method: 'POST', path: '/pay', policy: 'hedged' }
    const { warnings } = await answer<ChangedOperation>(write('POST', OPERATIONS, fields), 201)
    expect(warnings.join()).toContain('hedges calls, but not of this operation')
    const idempotent = await answer<ChangedOperation>(write('PATCH', `${OPERATIONS}/pay`, { idempotent: true }))
    expect(idempotent.warnings.join()).toContain('it may be called twice')
  })

  it('is deleted when no enabled route calls it, and a disabled one is not enabled without it', async ({ expect }) => {
    await answer(write('POST', '/v1/routes', routeFields({ operation: 'find' })), 201)
    expect(await read(`${OPERATIONS}/find`)).toMatchObject({ usedBy: { routes: ['subscriptions'] } })
    const refused = await answer<{ detail: string }>(write('DELETE', `${OPERATIONS}/find`), 409)
    expect(refused.detail).toContain('enabled routes subscriptions')
    await answer(write('POST', '/v1/routes/subscriptions/disable', {}))
    expect(await answer(write('DELETE', `${OPERATIONS}/find`))).toMatchObject({ id: 'find', deleted: true })
    expect((await auditLog())[0]).toMatchObject({ action: 'operation.deleted', target: 'operation:billing/find', after: null })
    expect(Object.keys(await issuesOf(write('POST', '/v1/routes/subscriptions/enable', {})))).toEqual(['operation'])
    expect((await write('DELETE', `${OPERATIONS}/find`)).status).toBe(404)
  })
})
