import { join } from 'node:path'
import type { SecretVerification } from '@orchestrator/shared/contracts/secret-api'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { callOut, configure, operate, readEverything, takeIn } from '../support/canary-journeys.ts'
import { type CanaryStack, startCanaryStack } from '../support/canary-stack.ts'
import { everythingOnDisk, everythingStored } from '../support/everything-left.ts'
import { eventually } from '../support/eventually.ts'
import { stripeSignature, subscriptionEvent } from '../support/webhooks.ts'

let stack: CanaryStack

beforeAll(async () => {
  stack = await startCanaryStack()
}, 300_000)
afterAll(() => stack?.stop())

describe('a value of a secret', () => {
  it('is in no answer, whatever is asked, whoever asks and whatever upstreams echo', async ({ expect }) => {
    await configure(stack)
    await callOut(stack)
    await takeIn(stack)
    await operate(stack)
    await readEverything(stack)
    expect(stack.told()).toEqual([])
    // What would leave nothing to be found.
    const ways = ['200', '401', '502'].map((status) => stack.answered(`POST execution /execute ${status}`))
    expect(ways.filter((count) => count === 0)).toEqual([])
    for (const provider of ['shop', 'gitlab', 'mailchimp'])
      expect(stack.answered(`POST ingress /webhooks/${provider} 200`)).toBe(2)
    for (const connector of ['bearer', 'variable', 'store'])
      expect(stack.upstream.calls.get(`/${connector}/ok`) ?? 0).toBeGreaterThan(2)
    expect(stack.upstream.calls.get('/oauth-basic/token') ?? 0).toBeGreaterThan(0)
  }, 500_000)

  it('is sealed anew under another SECRETS_KEY, and opened by that alone from then on, for jobs of older revisions too', async ({
    expect,
  }) => {
    await stack.admin('POST', '/v1/connectors/bearer/pause', { reason: 'rotation' })
    const held = JSON.parse(
      (await stack.execution('POST', '/jobs', { connector: 'bearer', operation: 'ok', input: {} })).text,
    ) as {
      id: string
    }
    const planned = await stack.admin('POST', '/v1/secrets/rekey?dryRun=true', { reason: 'rotation' })
    // The seed's, which was sealed under the key of before; what was written since is under the current one.
    expect(planned).toMatchObject({ sealed: { versions: 1, handshakeTokens: 0 }, left: 0 })
    expect(await stack.admin('POST', '/v1/secrets/rekey', { reason: 'rotation' })).toMatchObject({ left: 0, unreadable: [] })

    for (const variables of Object.values(stack.overrides)) delete variables['SECRETS_KEY_PREVIOUS']
    await stack.runtime.reload()
    expect(await stack.admin('POST', '/v1/secrets/rekey', { reason: 'rotation' })).toMatchObject({ left: 0, auditSeq: null })
    const { workers } = await stack.admin<SecretVerification>('POST', '/v1/secrets/stripe-signing/verify', {})
    expect(workers.map(({ standing }) => standing?.current)).toEqual(['resolves', 'resolves', 'resolves'])
    const body = subscriptionEvent('evt_rotated', 'sub_rotated')
    const stripe = {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'stripe-signature': stripeSignature(body) },
    }
    expect((await stack.hear('ingress', '/webhooks/stripe', stripe)).status).toBe(200)

    await stack.admin('POST', '/v1/connectors/bearer/resume', { reason: 'rotation' })
    await eventually('the job of an older revision being done', 60_000, async () => {
      const { status } = JSON.parse((await stack.execution('GET', `/jobs/${held.id}`)).text) as { status: string }
      return status === 'succeeded' || `it is ${status}`
    })
    expect(stack.told()).toEqual([])
  }, 300_000)

  it('lies in no log line, error report, row, object or file', async ({ expect }) => {
    await stack.runtime.tick()
    for (const line of stack.logLines) stack.look('the log', line)
    for (const report of stack.upstream.reports) stack.look('an error report', report)
    for (const [place, text] of await everythingStored(stack.runtime.mf)) stack.look(place, text)
    await stack.runtime.stop()
    const storage = join(stack.stateDir, 'storage')
    const store = join(storage, 'secrets-store')
    let inStore = 0
    for (const [path, text] of everythingOnDisk(storage)) {
      // The one place that is there to hold a value.
      if (path.startsWith(store)) inStore += Number(text.includes(stack.planted.inStore))
      else stack.look(path.slice(stack.stateDir.length), text)
    }
    expect(inStore).toBe(1)
    expect(stack.told()).toEqual([])
    expect(stack.logLines.length).toBeGreaterThan(100)
  }, 200_000)
})
