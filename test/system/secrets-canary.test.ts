import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localFetch, type LocalFetchInit } from '@orchestrator/dev/lib/local-fetch'
import { type Runtime, startRuntime } from '@orchestrator/dev/runtime/start-runtime'
import type { Bindings } from '@orchestrator/dev/runtime/workers'
import { SECRETS_KEY } from '@orchestrator/dev/values'
import type { WrittenDocument } from '@orchestrator/shared/contracts/config-document'
import type { SecretVerification } from '@orchestrator/shared/contracts/secret-api'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { ROUTE_ROLES } from '../../workers/control/src/roles/route-roles.ts'
import { createAviary, type Find } from '../support/canary.ts'
import { OPERATIONS, plantConfig } from '../support/canary-config.ts'
import { token } from '../support/control.ts'
import { type EchoUpstream, startEchoUpstream } from '../support/echo-upstream.ts'
import { everythingOnDisk, everythingStored } from '../support/everything-left.ts'
import { eventually } from '../support/eventually.ts'
import { stripeSignature, subscriptionEvent } from '../support/webhooks.ts'

const PEOPLE = ['viewer', 'operator', 'admin', 'auditor', 'breakglass'] as const
type Person = (typeof PEOPLE)[number]
const READ_ONLY = /\/(?:query|try|plan|verify|lab)$/

const aviary = createAviary()
const planted = plantConfig(aviary)
const keys = {
  SECRETS_KEY: aviary.plant('SECRETS_KEY'),
  AUDIT_SIGNING_KEY: aviary.plant('AUDIT_SIGNING_KEY'),
}
const finds: Find[] = []
const logLines: string[] = []
const statuses = new Map<string, number>()
let overrides: Record<string, Bindings> = {}
let stateDir: string
let runtime: Runtime
let upstream: EchoUpstream
let apiKey = ''
/** What notion showed: administrators may read it. */
let shown = ''
const tokens = {} as Record<Person, string>

interface Heard {
  status: number
  text: string
}

/** Asks a Worker, and looks through everything it answers; `but` are values that this one answer may have. */
async function hear(host: string, path: string, init: LocalFetchInit = {}, but: readonly string[] = []): Promise<Heard> {
  const place = `${init.method ?? 'GET'} ${host} ${path.split('?')[0]}`
  const response = await localFetch(`http://${host}.localhost:${runtime.port}${path}`, { timeoutMs: 30_000, ...init }).catch(
    (error: unknown) => new Response(String(error), { status: 599 }),
  )
  const text = await response.text()
  const all = `${text}\n${JSON.stringify([...response.headers])}`
  finds.push(
    ...aviary.search(
      `the answer of ${place}`,
      but.reduce((rest, one) => rest.replaceAll(one, ''), all),
    ),
  )
  statuses.set(`${place} ${response.status}`, (statuses.get(`${place} ${response.status}`) ?? 0) + 1)
  return { status: response.status, text }
}

function control(
  person: Person | null,
  method: string,
  path: string,
  body?: unknown,
  more: Record<string, string> = {},
  but: string[] = [],
) {
  const proof: Record<string, string> = person === null ? {} : { 'cf-access-jwt-assertion': tokens[person] }
  const json = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
  const headers = { ...proof, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...more }
  return hear('control', path, { method, headers, ...json }, but)
}

const admin = async <T = Record<string, unknown>>(
  method: string,
  path: string,
  body?: unknown,
  but: string[] = [],
): Promise<T> => {
  const { status, text } = await control('admin', method, path, body, {}, but)
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`)
  return JSON.parse(text) as T
}

const execution = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  hear('execution', path, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'orchestrator-canary-'))
  upstream = await startEchoUpstream(planted.tokens)
  const secrets = () => ({
    SECRETS_KEY: keys.SECRETS_KEY,
    SECRETS_KEY_PREVIOUS: SECRETS_KEY,
    SENTRY_DSN: `http://public@127.0.0.1:${upstream.port}/1`,
  })
  overrides = {
    'orchestrator-ingress': secrets(),
    'orchestrator-execution': { ...secrets(), ...planted.variables },
    'orchestrator-control': { ...secrets(), AUDIT_SIGNING_KEY: keys.AUDIT_SIGNING_KEY },
  }
  runtime = await startRuntime({
    port: 0,
    stateDir,
    logLevel: 'silent',
    onLog: (line) => logLines.push(JSON.stringify(line)),
    overrides,
  })
  for (const person of PEOPLE) {
    tokens[person] = await token(runtime.port, `${person}@example.com`)
    aviary.watch(`the token of ${person}`, tokens[person].split('.')[2] ?? '')
  }
}, 300_000)
afterAll(async () => {
  await runtime?.stop()
  await upstream?.stop()
  rmSync(stateDir, { recursive: true, force: true })
})

const value = (name: string, which: 0 | 1 = 1): string => planted.values.get(name)?.[which] ?? ''

describe('a value of a secret', () => {
  it('is in no answer, whatever is asked, whoever asks and whatever upstreams echo', async ({ expect }) => {
    await configure()
    await callOut()
    await takeIn()
    await operate()
    await readEverything()
    expect(told()).toEqual([])
    // What would leave nothing to be found.
    const answered = (place: string) => statuses.get(place) ?? 0
    const ways = ['200', '401', '502'].map((status) => answered(`POST execution /execute ${status}`))
    expect(ways.filter((count) => count === 0)).toEqual([])
    for (const provider of ['shop', 'gitlab', 'mailchimp']) expect(answered(`POST ingress /webhooks/${provider} 200`)).toBe(2)
    expect(upstream.calls.get('/bearer/ok') ?? 0).toBeGreaterThan(3)
    expect(upstream.calls.get('/oauth-basic/token') ?? 0).toBeGreaterThan(0)
  }, 500_000)

  it('is sealed anew under another SECRETS_KEY, and opened by that alone from then on, for jobs of older revisions too', async ({
    expect,
  }) => {
    await admin('POST', '/v1/connectors/bearer/pause', { reason: 'rotation' })
    const held = JSON.parse((await execution('POST', '/jobs', { connector: 'bearer', operation: 'ok', input: {} })).text) as {
      id: string
    }
    const planned = await admin('POST', '/v1/secrets/rekey?dryRun=true', { reason: 'rotation' })
    // The seed's, which was sealed under the key of before; what was written since is under the current one.
    expect(planned).toMatchObject({ sealed: { versions: 1, handshakeTokens: 0 }, left: 0 })
    expect(await admin('POST', '/v1/secrets/rekey', { reason: 'rotation' })).toMatchObject({ left: 0, unreadable: [] })

    for (const variables of Object.values(overrides)) delete variables['SECRETS_KEY_PREVIOUS']
    await runtime.reload()
    expect(await admin('POST', '/v1/secrets/rekey', { reason: 'rotation' })).toMatchObject({ left: 0, auditSeq: null })
    const { workers } = await admin<SecretVerification>('POST', '/v1/secrets/stripe-signing/verify', {})
    expect(workers.map(({ standing }) => standing?.current)).toEqual(['resolves', 'resolves', 'resolves'])
    const body = subscriptionEvent('evt_rotated', 'sub_rotated')
    const stripe = {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'stripe-signature': stripeSignature(body) },
    }
    expect((await hear('ingress', '/webhooks/stripe', stripe)).status).toBe(200)

    await admin('POST', '/v1/connectors/bearer/resume', { reason: 'rotation' })
    await eventually('the job of an older revision being done', 60_000, async () => {
      const { status } = JSON.parse((await execution('GET', `/jobs/${held.id}`)).text) as { status: string }
      return status === 'succeeded' || `it is ${status}`
    })
    expect(told()).toEqual([])
  }, 300_000)

  it('lies in no log line, error report, row, object or file', async ({ expect }) => {
    await runtime.tick()
    for (const line of logLines) look('the log', line)
    for (const report of upstream.reports) look('an error report', report)
    for (const [place, text] of await everythingStored(runtime.mf)) look(place, text)
    await runtime.stop()
    for (const [path, text] of everythingOnDisk(join(stateDir, 'storage'))) look(path.slice(stateDir.length), text)
    expect(told()).toEqual([])
    expect(logLines.length).toBeGreaterThan(100)
  }, 200_000)
})

function look(place: string, text: string): void {
  finds.push(...aviary.search(place, text))
}

/** What was found, once each, with what stood around it. */
function told(): string[] {
  return [...new Map(finds.map(({ place, canary, context }) => [`${canary}: ${place}`, context]))].map((one) => one.join('\n  '))
}

/** Everything is configured by API: the secrets twice, so that each has a previous value. */
async function configure(): Promise<void> {
  const { document } = await admin<{ document: WrittenDocument }>('GET', '/v1/config')
  const wanted = planted.add(document, `http://127.0.0.1:${upstream.port}`)
  await admin('POST', '/v1/config/plan', { document: wanted })
  await admin('POST', '/v1/config/apply?dryRun=true', { document: wanted, reason: 'canaries' }).catch(() => undefined)
  await admin('POST', '/v1/config/apply', { document: wanted, reason: 'canaries' })
  for (const [name, both] of planted.values) {
    for (const one of both) {
      await admin('PUT', `/v1/secrets/${name}?dryRun=true`, { value: one })
      await admin('PUT', `/v1/secrets/${name}`, { value: one, reason: 'canaries' })
    }
  }
  const { text } = await control('admin', 'POST', '/v1/clients/canary/keys', {}, {}, [])
  apiKey = (JSON.parse(text) as { key: string }).key
  // From here on: the one answer that has it was above.
  aviary.watch('the API key of a client', apiKey)
  await eventually('the configuration being in force', 20_000, async () => {
    const { status } = await execution('POST', '/execute', { connector: 'aws', operation: 'ok', input: {} })
    return status === 200 || `execution answers ${status}`
  })
}

/** Calls of every connector that end in every way, at once and as jobs. */
async function callOut(): Promise<void> {
  const calls = planted.connectors.flatMap((connector) =>
    OPERATIONS.map((operation) => ({ connector, operation, input: { a: 1 } })),
  )
  await Promise.all(calls.map((call) => execution('POST', '/execute', call)))
  const raw = { accept: 'application/octet-stream' }
  await Promise.all(calls.map((call, i) => execution('POST', '/execute', call, { ...raw, 'idempotency-key': `raw-${i}` })))
  await Promise.all(calls.map((call, i) => execution('POST', '/execute', call, { ...raw, 'idempotency-key': `raw-${i}` })))
  const created = await Promise.all(calls.map((call) => execution('POST', '/jobs', { ...call, queue: 'default' })))
  for (const wrong of [aviary.plant('a key that is none', { prefix: 'ork_', plain: true }), `${apiKey}x`]) {
    await execution('POST', '/execute', calls[0], { authorization: `Bearer ${wrong}` })
    await execution('POST', `/execute?key=${wrong}`, { ...calls[0], operation: 'unknown' })
  }
  await execution('POST', '/jobs', { ...calls[0], queue: 'none' }, { 'x-api-key': value('gitlab') })
  // A key that somebody takes for an id.
  await execution('GET', `/jobs/${apiKey}`)
  await control('admin', 'DELETE', `/v1/clients/canary/keys/${apiKey}`, {})
  const ids = created.map(({ text }) => (JSON.parse(text) as { id: string }).id)
  await eventually('all jobs having ended', 60_000, async () => {
    const { text } = await control('viewer', 'GET', '/v1/overview')
    const { jobs } = JSON.parse(text) as { jobs?: { waiting: number; running: number } }
    const live = jobs ? jobs.waiting + jobs.running : Number.NaN
    return live === 0 || `${live} are left: ${text.slice(0, 300)}`
  })
  for (const id of ids) await execution('GET', `/jobs/${id}`)
}

/** Webhooks that are believed, by either value, and that are not; with credentials in places that have nothing to do with it. */
async function takeIn(): Promise<void> {
  const extra = {
    'content-type': 'application/json',
    authorization: `Bearer ${aviary.plant('a header of a webhook, authorization', { plain: true })}`,
    cookie: `session=${aviary.plant('a header of a webhook, cookie', { plain: true })}`,
    'x-api-key': aviary.plant('a header of a webhook, x-api-key'),
    'x-amz-security-token': aviary.plant('a header of a webhook, x-amz-security-token'),
  }
  const post = (provider: string, body: string, headers: Record<string, string>, query = '') =>
    hear('ingress', `/webhooks/${provider}${query}`, { method: 'POST', body, headers: { ...extra, ...headers } })
  for (const [i, secret] of [value('shop'), value('shop', 0), aviary.plant('a wrong signing secret')].entries()) {
    const body = subscriptionEvent(`evt_${i}`, 'sub_canary')
    const query = `?token=${aviary.plant('a query parameter, token', { plain: true })}&api_key=${aviary.plant('a query parameter, api_key', { plain: true })}`
    await post('shop', body, { 'stripe-signature': stripeSignature(body, secret) }, query)
  }
  for (const secret of [value('gitlab'), value('gitlab', 0), aviary.plant('a wrong token of gitlab')]) {
    await post('gitlab', JSON.stringify({ object_kind: 'push', n: Math.random() }), { 'x-gitlab-token': secret })
  }
  for (const secret of [value('mailchimp'), value('mailchimp', 0), aviary.plant('a wrong secret of mailchimp')]) {
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    await post('mailchimp', `type=subscribe&n=${Math.random()}`, form, `?secret=${encodeURIComponent(secret)}`)
    await hear('ingress', `/webhooks/mailchimp?secret=${encodeURIComponent(secret)}`)
  }
  shown = aviary.plant('a token that notion showed', { prefix: 'secret_', plain: true })
  await post('notion', JSON.stringify({ verification_token: shown }), {})
  await control('operator', 'GET', '/v1/providers/notion/handshake-token')
  await control('admin', 'GET', '/v1/providers/notion/handshake-token', undefined, {}, [shown])
  const brought = aviary.plant('a secret that asana brought', { plain: true })
  await hear('ingress', '/webhooks/asana', { method: 'POST', body: '{}', headers: { ...extra, 'x-hook-secret': brought } }, [
    brought,
  ])
  await hear('ingress', '/webhooks/asana', { method: 'POST', body: '{}', headers: { ...extra, 'x-hook-secret': brought } })
  await hear('ingress', `/webhooks/shop/${value('standard-webhooks')}`, { method: 'POST', body: '{}', headers: extra })
}

/** What operators do, and what they do wrong. */
async function operate(): Promise<void> {
  for (const id of planted.connectors) {
    for (const operation of ['ok', 'fail', 'redirect']) {
      await control('operator', 'POST', `/v1/connectors/${id}/test`, { operation, input: {}, reason: 'canaries' })
    }
  }
  const body = subscriptionEvent('evt_try', 'sub_try')
  const pasted = { 'stripe-signature': stripeSignature(body, value('shop')), authorization: `Bearer ${value('bearer')}` }
  await control('viewer', 'POST', '/v1/providers/shop/try', { headers: pasted, body })
  await control('viewer', 'POST', '/v1/providers/gitlab/try', { headers: { 'x-gitlab-token': value('gitlab') }, body: '{}' })
  await control('viewer', 'POST', '/v1/providers/gitlab/try', { headers: { 'x-gitlab-token': 'wrong' }, body: '{}' })
  const address = `http://ingress.localhost/webhooks/mailchimp?secret=${encodeURIComponent(value('mailchimp'))}`
  await control('viewer', 'POST', '/v1/providers/mailchimp/try', { url: address, body: 'type=subscribe' })
  for (const id of ['shop', 'gitlab', 'mailchimp']) await control('operator', 'POST', `/v1/providers/${id}/test`, {})

  const { items } = await admin<{ items: { id: string }[] }>('GET', '/v1/dead-letters?limit=200')
  const [first, second, third] = items
  if (!first || !second || !third) throw new Error('nothing died')
  await control('operator', 'POST', `/v1/dead-letters/${first.id}/replay`, { reason: 'canaries' })
  await control('operator', 'POST', `/v1/dead-letters/${second.id}/discard`, { reason: 'canaries' })
  const options = { config: 'current', idempotencyKey: 'new' }
  const replay = { target: { kind: 'replay_dead_letters', filter: { connector: 'basic' }, options } }
  await admin('POST', '/v1/bulk-operations/plan', replay)
  await admin('POST', '/v1/bulk-operations', { ...replay, reason: 'canaries' })

  for (const [name, [previous, current]] of planted.values) {
    await control('viewer', 'POST', `/v1/secrets/${name}/verify`, {})
    await control('admin', 'PUT', `/v1/secrets/${name}`, { value: current, [current]: previous })
    await control('admin', 'PUT', `/v1/secrets/${name}`, { value: current.repeat(600) })
    await control('admin', 'PUT', `/v1/secrets/${name}`, { value: current, previousValidForSeconds: previous })
    await control('admin', 'PUT', `/v1/secrets/${name}`, `{"value": ${JSON.stringify(current)}, broken ${previous}`)
    await control('viewer', 'PUT', `/v1/secrets/${name}`, { value: current })
  }
  await control('admin', 'PUT', '/v1/secrets/thief', { source: 'env', variable: 'SECRETS_KEY' })
  await control('admin', 'DELETE', '/v1/secrets/shop/versions/1', { reason: 'canaries' })
}

/** Every route as everybody, by ids that lists gave; what mutates is tried by nobody but strangers. */
async function readEverything(): Promise<void> {
  await runtime.tick()
  const idsOf = async (list: string): Promise<string[]> => {
    const { text } = await control('admin', 'GET', `/v1/${list}`)
    const { items = [] } = JSON.parse(text) as { items?: Record<string, unknown>[] }
    return items.slice(0, 40).map((item) => String(item['id'] ?? item['name'] ?? item['revision'] ?? item['seq']))
  }
  const known = new Map<string, string[]>()
  for (const key of Object.keys(ROUTE_ROLES)) {
    const [method = '', path = ''] = key.split(' ')
    const list = /^\/v1\/([a-z-]+)\/:/.exec(path)?.[1]
    if (list && !known.has(list)) known.set(list, await idsOf(list))
    const ids = list ? (known.get(list) ?? []) : ['']
    const paths = ids
      .map((id) => path.replace(/:[a-z]+/, encodeURIComponent(id)).replace(/:[a-z]+/g, 'ok'))
      .slice(0, method === 'GET' ? 40 : 1)
    for (const [i, one] of paths.entries()) {
      const people: readonly (Person | null)[] = method === 'GET' ? (i < 2 ? [null, ...PEOPLE] : ['admin']) : [null, 'breakglass']
      for (const person of people) {
        const but = person === 'admin' && key === 'GET /v1/providers/:id/handshake-token' ? [shown] : []
        await control(person, method, one, method === 'GET' ? undefined : { reason: 'canaries' }, {}, but)
      }
      if (method === 'POST' && READ_ONLY.test(path)) await control('viewer', method, one, { reason: 'canaries' })
    }
  }
  for (const query of ['', '?format=csv', '?format=jsonl']) await control('auditor', 'GET', `/v1/audit/export${query}`)
  await control('admin', 'GET', '/v1/config', undefined, { accept: 'application/yaml' })
  const cookie = { cookie: `CF_Authorization=${tokens.viewer}`, 'cf-access-jwt-assertion': tokens.viewer }
  for (const path of ['/', '/api/v1/me', '/api/v1/secrets', '/api/v1/config']) await hear('console', path, { headers: cookie })
  for (const host of ['ingress', 'execution', 'control', 'console', 'breakglass', 'emergency']) {
    for (const path of ['/livez', '/readyz', '/nowhere'])
      await hear(host, path, { headers: { authorization: `Bearer ${value('bearer')}` } })
  }
  for (const path of ['/jobs', '/jobs?status=dead']) await execution('GET', path)
  await control(null, 'GET', '/v1/me', undefined, { 'cf-access-jwt-assertion': `${tokens.admin.slice(0, -4)}AAAA` })
}
