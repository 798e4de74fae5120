import {
  type ChangedConnector,
  changedConnector,
  type ConnectorView,
  connectorView,
} from '@orchestrator/shared/contracts/connector-api'
import { beforeAll, describe, it } from 'vitest'
import { auditLog, issuesOf, read, write } from '../testing/config.ts'
import { answer, bindPeople, publishTestConfig } from '../testing/harness.ts'

const operator = { as: 'operator' } as const
const connector = (changes: object = {}): object => ({
  id: 'payments',
  baseUrl: 'https://api.payments.example/v1',
  policy: 'billing',
  ...changes,
})

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
  for (const name of ['payments-key', 'aws-secret', 'aws-session']) await write('PUT', `/v1/secrets/${name}`, { value: 'v' })
})

describe('a connector', () => {
  it('is created by administrators, with the usual way for what is not said', async ({ expect }) => {
    const auth = { kind: 'bearer', secret: 'payments-key' }
    const response = await write('POST', '/v1/connectors', connector({ auth, reason: 'we pay with it' }))
    expect(response.status).toBe(201)
    expect(response.headers.get('location')).toBe('/v1/connectors/payments')
    const created = changedConnector.strict().parse(await response.json())
    expect(created).toMatchObject({
      auth,
      headers: {},
      responseLimitBytes: 1_048_576,
      egress: { redirects: 0, allowedHosts: [] },
      resumedAt: null,
      breakerResetAt: null,
      paused: false,
      breaker: null,
      usedBy: { operations: [], routes: [], clients: [] },
      warnings: ['It has no operation yet: nothing can be called.'],
    })
    const one = await read('/v1/connectors/payments')
    expect(connectorView.strict().parse(one)).toEqual(one)
    expect((await auditLog())[0]).toMatchObject({
      seq: created.auditSeq,
      action: 'connector.created',
      target: 'connector:payments',
      reason: 'we pay with it',
      before: null,
      after: { baseUrl: 'https://api.payments.example/v1', auth: { kind: 'bearer', provedWith: 'payments-key' } },
    })
    const { items } = await read<{ items: ConnectorView[] }>('/v1/connectors')
    expect(items.map(({ id }) => id)).toEqual(['payments', 'billing'])
    expect((await write('POST', '/v1/connectors', connector())).status).toBe(409)
  })

  it('is refused where it may not call, with each field that is wrong named', async ({ expect }) => {
    const post = async (changes: object) => issuesOf(write('POST', '/v1/connectors', connector({ id: 'x', ...changes })))
    const forbidden = [
      'http://api.example.com',
      'https://10.0.0.1',
      'https://0x0a000001',
      'https://[::ffff:10.0.0.1]',
      'https://169.254.169.254/latest',
      'https://user:pass@api.example.com',
      'https://api.example.com/#top',
      'https://api.example.com/?key=1',
      'http://control.localhost:8787',
      'https://x.console.localhost',
      'https://metadata.google.internal',
    ]
    for (const baseUrl of forbidden) expect(Object.keys(await post({ baseUrl })), baseUrl).toEqual(['baseUrl'])
    expect(await post({ policy: 'gone' })).toEqual({ policy: 'there is no policy gone' })
    const egress = { allowedHosts: ['cdn.example.com', '*.com', 'https://a.example', '10.0.0.1', 'a.example:8080'] }
    expect(Object.keys(await post({ egress }))).toEqual([1, 2, 3, 4].map((i) => `egress.allowedHosts.${i}`))
    const headers = {
      accept: 'application/json',
      host: 'x',
      'x-api-key': 'k',
      'x y': '1',
      'x-lines': 'a\nb',
      traceparent: '0',
      via: 'Bearer abc',
    }
    expect(Object.keys(await post({ headers })).sort()).toEqual(
      ['host', 'traceparent', 'via', 'x y', 'x-api-key', 'x-lines'].map((name) => `headers.${name}`),
    )
  })

  it('is refused where its name leads into a private network, and noted where it leads nowhere', async ({ expect }) => {
    const baseUrl = 'https://inside.example'
    const refused = await issuesOf(write('POST', '/v1/connectors', connector({ id: 'x', baseUrl })))
    expect(refused['baseUrl']).toContain('resolves to 10.0.0.1')
    const patch = (changes: object) => write('PATCH', '/v1/connectors/payments', changes)
    expect(Object.keys(await issuesOf(patch({ baseUrl })))).toEqual(['baseUrl'])
    const grant = { kind: 'oauth2ClientCredentials', tokenUrl: baseUrl, clientId: 'c', secret: 'payments-key' }
    expect(Object.keys(await issuesOf(patch({ auth: grant })))).toEqual(['auth.tokenUrl'])
    const { warnings } = await answer<ChangedConnector>(patch({ baseUrl: 'https://nowhere.example' }))
    expect(warnings.join()).toContain('baseUrl: nowhere.example has no address at this moment.')
    await answer(patch({ baseUrl: 'https://api.payments.example/v1' }))
  })

  it('is refused with fields that nobody knows, at any depth', async ({ expect }) => {
    const post = async (changes: object) =>
      Object.keys(await issuesOf(write('POST', '/v1/connectors', connector({ id: 'x', ...changes }))))
    expect(await post({ auth: { kind: 'bearer', secret: 'payments-key', sceret: 'x' } })).toEqual(['auth.sceret'])
    expect(await post({ egress: { redirect: 1 } })).toEqual(['egress'])
    expect(await post({ resumedAt: 1 })).toEqual([''])
    expect(await post({ breakerResetAt: 1 })).toEqual([''])
    expect(await post({ auth: { kind: 'magic' } })).toEqual(['auth.kind'])
    expect(await post({ responseLimitBytes: 0, egress: { redirects: 9 } })).toEqual(['responseLimitBytes', 'egress.redirects'])
  })

  it('proves itself in each known way, with secrets that exist', async ({ expect }) => {
    const patch = async (auth: object) =>
      (await answer<ChangedConnector>(write('PATCH', '/v1/connectors/payments', { auth }))).auth
    const issues = async (auth: object) => Object.keys(await issuesOf(write('PATCH', '/v1/connectors/payments', { auth })))
    const secret = 'payments-key'
    expect(await patch({ kind: 'hmac', secret, header: 'x-sign' })).toEqual({
      kind: 'hmac',
      secret,
      header: 'x-sign',
      algorithm: 'sha256',
      encoding: 'hex',
      prefix: '',
      content: '{body}',
      timestampHeader: null,
    })
    const grant = { kind: 'oauth2ClientCredentials', tokenUrl: 'https://login.example.com/token', clientId: 'c', secret }
    expect(await patch(grant)).toMatchObject({ scopes: [], audience: null, clientAuth: 'basic' })
    expect(await issues({ ...grant, tokenUrl: 'https://10.0.0.1/token' })).toEqual(['auth.tokenUrl'])
    expect(await issues({ kind: 'header', header: 'content-length', secret })).toEqual(['auth.header'])
    const aws = { kind: 'awsSigV4', accessKeyId: 'AKIA', secret: 'aws-secret', region: 'eu-west-1', service: 's3' }
    expect(await issues({ ...aws, secret: 'gone', sessionToken: 'gone' })).toEqual(['auth.secret', 'auth.sessionToken'])
    await patch({ ...aws, sessionToken: 'aws-session' })
    const { after } = (await auditLog())[0] as { after: object }
    expect(after).toEqual({ auth: { ...aws, secret: undefined, provedWith: 'aws-secret', sessionWith: 'aws-session' } })
    for (const name of ['aws-secret', 'aws-session']) {
      expect((await write('DELETE', `/v1/secrets/${name}`)).status, name).toBe(409)
    }
  })

  it('changes field by field', async ({ expect }) => {
    const changed = await answer<ChangedConnector>(
      write('PATCH', '/v1/connectors/payments', { headers: { 'x-tenant': 'acme' }, auth: { kind: 'none' }, reason: 'tenant' }),
    )
    expect(changed).toMatchObject({ headers: { 'x-tenant': 'acme' }, baseUrl: 'https://api.payments.example/v1' })
    expect((await auditLog())[0]).toMatchObject({
      action: 'connector.updated',
      before: { headers: {} },
      after: { headers: { 'x-tenant': 'acme' }, auth: { kind: 'none' } },
    })
    const again = await answer<ChangedConnector>(write('PATCH', '/v1/connectors/payments', { headers: { 'x-tenant': 'acme' } }))
    expect(again).toMatchObject({ auditSeq: null, configRevision: changed.configRevision })
    expect(Object.keys(await issuesOf(write('PATCH', '/v1/connectors/payments', { id: 'other' })))).toEqual(['id'])
    expect((await write('PATCH', '/v1/connectors/gone', { policy: 'billing' })).status).toBe(404)
    expect((await write('PATCH', '/v1/connectors/payments', { policy: 'billing' }, operator)).status).toBe(403)
  })

  it('is held and let go on by operators, who say why', async ({ expect }) => {
    const steer = (verb: string, reason = 'maintenance') =>
      answer<ChangedConnector>(write('POST', `/v1/connectors/payments/${verb}`, { reason }, operator))
    expect(await steer('resume')).toMatchObject({ paused: false, auditSeq: null, resumedAt: null })
    const paused = await steer('pause')
    expect(paused).toMatchObject({ paused: true, resumedAt: null })
    expect((await auditLog())[0]).toMatchObject({
      seq: paused.auditSeq,
      action: 'connector.paused',
      reason: 'maintenance',
      before: { paused: false },
      after: { paused: true },
    })
    expect(await steer('pause')).toMatchObject({ paused: true, auditSeq: null, configRevision: paused.configRevision })
    const resumed = await steer('resume', 'it is back')
    expect(resumed.paused).toBe(false)
    expect(resumed.resumedAt).toBeGreaterThan(Date.now() - 60_000)
    expect((await auditLog())[0]).toMatchObject({ action: 'connector.resumed', reason: 'it is back' })
    expect(Object.keys(await issuesOf(write('POST', '/v1/connectors/payments/pause', {}, operator)))).toEqual(['reason'])
    expect((await write('POST', '/v1/connectors/gone/pause', { reason: 'r' }, operator)).status).toBe(404)
  })

  it('has a breaker that operators force, and release', async ({ expect }) => {
    const force = (state: string) => write('PUT', '/v1/connectors/payments/breaker', { state, reason: 'they are down' }, operator)
    expect(await answer(force('open'))).toMatchObject({ breaker: 'open' })
    expect((await auditLog())[0]).toMatchObject({
      action: 'breaker.forced',
      before: { breaker: null },
      after: { breaker: 'open' },
    })
    expect(await answer(force('open'))).toMatchObject({ breaker: 'open', auditSeq: null })
    expect(await answer(force('closed'))).toMatchObject({ breaker: 'closed' })
    expect(Object.keys(await issuesOf(force('ajar')))).toEqual(['state'])
    const release = () => answer(write('DELETE', '/v1/connectors/payments/breaker', undefined, operator))
    expect(await release()).toMatchObject({ breaker: null })
    expect((await auditLog())[0]).toMatchObject({ action: 'breaker.released', before: { breaker: 'closed' } })
    expect(await release()).toMatchObject({ breaker: null, auditSeq: null })
  })

  it('has a breaker that operators reset, each time anew, and what is declared stays as it is', async ({ expect }) => {
    const reset = (reason?: string) => write('POST', '/v1/connectors/payments/breaker/reset', { reason }, operator)
    const first = await answer<ChangedConnector>(reset('they say that it is mended'))
    expect(first.breakerResetAt).toBeGreaterThan(Date.now() - 60_000)
    expect((await auditLog())[0]).toMatchObject({
      seq: first.auditSeq,
      action: 'breaker.reset',
      target: 'connector:payments',
      reason: 'they say that it is mended',
      before: { breakerResetAt: null },
      after: { breakerResetAt: first.breakerResetAt },
    })
    const second = await answer<ChangedConnector>(reset('again'))
    expect(second.breakerResetAt).toBeGreaterThan(first.breakerResetAt ?? 0)
    expect(second.configRevision).toBe(first.configRevision + 1)
    const patched = await answer<ChangedConnector>(write('PATCH', '/v1/connectors/payments', { headers: { 'x-tenant': 'b' } }))
    expect(patched.breakerResetAt).toBe(second.breakerResetAt)
    expect(Object.keys(await issuesOf(reset()))).toEqual(['reason'])
    expect((await write('POST', '/v1/connectors/gone/breaker/reset', { reason: 'r' }, operator)).status).toBe(404)
  })

  it('is deleted when nothing stands upon it, and leaves no pause behind', async ({ expect }) => {
    const operations = '/v1/connectors/payments/operations'
    await answer(write('POST', operations, { name: 'pay', method: 'POST', path: '/pay' }), 201)
    await answer(write('POST', '/v1/clients', { id: 'shop', scopes: ['execute'], connectors: ['payments'] }), 201)
    expect(await read('/v1/connectors/payments')).toMatchObject({
      usedBy: { operations: ['pay'], routes: [], clients: ['shop'] },
    })
    const refused = await answer<{ detail: string }>(write('DELETE', '/v1/connectors/payments'), 409)
    expect(refused.detail).toContain('operations pay; clients shop')
    await answer(write('DELETE', `${operations}/pay`))
    await answer(write('DELETE', '/v1/clients/shop'))
    await answer(write('POST', '/v1/connectors/payments/pause', { reason: 'r' }))
    expect(await answer(write('DELETE', '/v1/connectors/payments'))).toMatchObject({ id: 'payments', deleted: true })
    expect((await auditLog())[0]).toMatchObject({ action: 'connector.deleted', after: null })
    expect(await answer(write('POST', '/v1/connectors', connector()), 201)).toMatchObject({ paused: false, breaker: null })
  })
})
