import { type ConnectorTestResponse, connectorTestResponse } from '@orchestrator/shared/contracts/connector-api'
import { afterEach, beforeAll, describe, it } from 'vitest'
import { auditLog, issuesOf, write } from '../testing/config.ts'
import { answer, bindPeople, publishTestConfig, setMode } from '../testing/harness.ts'

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})
afterEach(() => setMode('connector-test', 'up'))

const test = (body: object, id = 'billing') => write('POST', `/v1/connectors/${id}/test`, body, { as: 'operator' })
const call = { operation: 'set-subscription', input: { id: 'sub_1' } }

describe('the test of a connector', () => {
  it('is a call that execution makes, audited before and after', async ({ expect }) => {
    const tested = await answer<ConnectorTestResponse>(test({ ...call, timeoutMs: 2_000, reason: 'first try' }))
    expect(connectorTestResponse.strict().parse(tested)).toEqual(tested)
    expect(tested).toMatchObject({
      succeeded: true,
      status: 200,
      body: { body: { connector: 'billing', ...call, timeoutMs: 2_000 } },
    })
    const [outcome, intent] = await auditLog()
    const what = { target: 'operation:billing/set-subscription', reason: 'first try' }
    expect(intent).toMatchObject({ ...what, action: 'connector.test_requested', intentSeq: null })
    expect(outcome).toMatchObject({
      ...what,
      seq: tested.auditSeq,
      action: 'connector.tested',
      intentSeq: intent?.seq,
      after: { status: 200 },
    })
  })

  it('tells what went wrong in the words of execution', async ({ expect }) => {
    await setMode('connector-test', 'down')
    const failed = await answer(test(call))
    expect(failed).toMatchObject({ succeeded: false, status: 502, body: { code: 'upstream_failed' } })
    expect((await auditLog())[0]).toMatchObject({ action: 'connector.tested', after: { status: 502 } })
  })

  it('says so where execution is away', async ({ expect }) => {
    await setMode('connector-test', 'throw')
    const problem = await answer<{ detail: string }>(test(call), 503)
    expect(problem.detail).toBe('Execution cannot be reached right now.')
    expect((await auditLog())[0]).toMatchObject({ after: { failed: 'execution could not be reached' } })
  })

  it('needs an operation that is there, and says which field is wrong', async ({ expect }) => {
    expect((await test({ operation: 'gone' })).status).toBe(404)
    expect((await test(call, 'gone')).status).toBe(404)
    expect(Object.keys(await issuesOf(test({ timeoutMs: 60_000 })))).toEqual(['operation', 'timeoutMs'])
    expect((await write('POST', '/v1/connectors/billing/test', call, { as: 'viewer' })).status).toBe(403)
  })
})
