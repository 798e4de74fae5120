import type { WrittenDocument } from '@orchestrator/shared/contracts/config-document'
import { ROUTE_ROLES } from '../../workers/control/src/roles/route-roles.ts'
import { OPERATIONS } from './canary-config.ts'
import { type CanaryStack, PEOPLE, type Person } from './canary-stack.ts'
import { eventually } from './eventually.ts'
import { stripeSignature, subscriptionEvent } from './webhooks.ts'

const READ_ONLY = /\/(?:query|try|plan|verify|lab)$/

/** Everything is configured by API: the secrets twice, so that each has a previous value. */
export async function configure(stack: CanaryStack): Promise<void> {
  const { document } = await stack.admin<{ document: WrittenDocument }>('GET', '/v1/config')
  const wanted = stack.planted.add(document, `http://127.0.0.1:${stack.upstream.port}`)
  await stack.admin('POST', '/v1/config/plan', { document: wanted })
  await stack.admin('POST', '/v1/config/apply?dryRun=true', { document: wanted, reason: 'canaries' }).catch(() => undefined)
  await stack.admin('POST', '/v1/config/apply', { document: wanted, reason: 'canaries' })
  for (const [name, both] of stack.planted.values) {
    for (const one of both) {
      await stack.admin('PUT', `/v1/secrets/${name}?dryRun=true`, { value: one })
      await stack.admin('PUT', `/v1/secrets/${name}`, { value: one, reason: 'canaries' })
    }
  }
  const { text } = await stack.control('admin', 'POST', '/v1/clients/canary/keys', {}, {}, [])
  stack.apiKey = (JSON.parse(text) as { key: string }).key
  // From here on: the one answer that has it was above.
  stack.aviary.watch('the API key of a client', stack.apiKey)
  await eventually('the configuration being in force', 20_000, async () => {
    const { status } = await stack.execution('POST', '/execute', { connector: 'aws', operation: 'ok', input: {} })
    return status === 200 || `execution answers ${status}`
  })
}

/** Calls of every connector that end in every way, at once and as jobs. */
export async function callOut(stack: CanaryStack): Promise<void> {
  const calls = stack.planted.connectors.flatMap((connector) =>
    OPERATIONS.map((operation) => ({ connector, operation, input: { a: 1 } })),
  )
  await Promise.all(calls.map((call) => stack.execution('POST', '/execute', call)))
  const raw = { accept: 'application/octet-stream' }
  await Promise.all(calls.map((call, i) => stack.execution('POST', '/execute', call, { ...raw, 'idempotency-key': `raw-${i}` })))
  await Promise.all(calls.map((call, i) => stack.execution('POST', '/execute', call, { ...raw, 'idempotency-key': `raw-${i}` })))
  const created = await Promise.all(calls.map((call) => stack.execution('POST', '/jobs', { ...call, queue: 'default' })))
  for (const wrong of [stack.aviary.plant('a key that is none', { prefix: 'ork_', plain: true }), `${stack.apiKey}x`]) {
    await stack.execution('POST', '/execute', calls[0], { authorization: `Bearer ${wrong}` })
    await stack.execution('POST', `/execute?key=${wrong}`, { ...calls[0], operation: 'unknown' })
  }
  await stack.execution('POST', '/jobs', { ...calls[0], queue: 'none' }, { 'x-api-key': stack.value('gitlab') })
  // A key that somebody takes for an id.
  await stack.execution('GET', `/jobs/${stack.apiKey}`)
  await stack.control('admin', 'DELETE', `/v1/clients/canary/keys/${stack.apiKey}`, {})
  const ids = created.map(({ text }) => (JSON.parse(text) as { id: string }).id)
  await eventually('all jobs having ended', 60_000, async () => {
    const { text } = await stack.control('viewer', 'GET', '/v1/overview')
    const { jobs } = JSON.parse(text) as { jobs?: { waiting: number; running: number } }
    const live = jobs ? jobs.waiting + jobs.running : Number.NaN
    return live === 0 || `${live} are left: ${text.slice(0, 300)}`
  })
  for (const id of ids) await stack.execution('GET', `/jobs/${id}`)
}

/** Webhooks that are believed, by either value, and that are not; with credentials in places that have nothing to do with it. */
export async function takeIn(stack: CanaryStack): Promise<void> {
  const extra = {
    'content-type': 'application/json',
    authorization: `Bearer ${stack.aviary.plant('a header of a webhook, authorization', { plain: true })}`,
    cookie: `session=${stack.aviary.plant('a header of a webhook, cookie', { plain: true })}`,
    'x-api-key': stack.aviary.plant('a header of a webhook, x-api-key'),
    'x-amz-security-token': stack.aviary.plant('a header of a webhook, x-amz-security-token'),
  }
  const post = (provider: string, body: string, headers: Record<string, string>, query = '') =>
    stack.hear('ingress', `/webhooks/${provider}${query}`, { method: 'POST', body, headers: { ...extra, ...headers } })
  for (const [i, secret] of [
    stack.value('shop'),
    stack.value('shop', 0),
    stack.aviary.plant('a wrong signing secret'),
  ].entries()) {
    const body = subscriptionEvent(`evt_${i}`, 'sub_canary')
    const query = `?token=${stack.aviary.plant('a query parameter, token', { plain: true })}&api_key=${stack.aviary.plant('a query parameter, api_key', { plain: true })}`
    await post('shop', body, { 'stripe-signature': stripeSignature(body, secret) }, query)
  }
  for (const secret of [stack.value('gitlab'), stack.value('gitlab', 0), stack.aviary.plant('a wrong token of gitlab')]) {
    await post('gitlab', JSON.stringify({ object_kind: 'push', n: Math.random() }), { 'x-gitlab-token': secret })
  }
  for (const secret of [
    stack.value('mailchimp'),
    stack.value('mailchimp', 0),
    stack.aviary.plant('a wrong secret of mailchimp'),
  ]) {
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    await post('mailchimp', `type=subscribe&n=${Math.random()}`, form, `?secret=${encodeURIComponent(secret)}`)
    await stack.hear('ingress', `/webhooks/mailchimp?secret=${encodeURIComponent(secret)}`)
  }
  stack.shown = stack.aviary.plant('a token that notion showed', { prefix: 'secret_', plain: true })
  await post('notion', JSON.stringify({ verification_token: stack.shown }), {})
  await stack.control('operator', 'GET', '/v1/providers/notion/handshake-token')
  await stack.control('admin', 'GET', '/v1/providers/notion/handshake-token', undefined, {}, [stack.shown])
  const brought = stack.aviary.plant('a secret that asana brought', { plain: true })
  await stack.hear(
    'ingress',
    '/webhooks/asana',
    { method: 'POST', body: '{}', headers: { ...extra, 'x-hook-secret': brought } },
    [brought],
  )
  await stack.hear('ingress', '/webhooks/asana', { method: 'POST', body: '{}', headers: { ...extra, 'x-hook-secret': brought } })
  await stack.hear('ingress', `/webhooks/shop/${stack.value('standard-webhooks')}`, {
    method: 'POST',
    body: '{}',
    headers: extra,
  })
}

/** What operators do, and what they do wrong. */
export async function operate(stack: CanaryStack): Promise<void> {
  for (const id of stack.planted.connectors) {
    for (const operation of ['ok', 'fail', 'redirect']) {
      await stack.control('operator', 'POST', `/v1/connectors/${id}/test`, { operation, input: {}, reason: 'canaries' })
    }
  }
  const body = subscriptionEvent('evt_try', 'sub_try')
  const pasted = {
    'stripe-signature': stripeSignature(body, stack.value('shop')),
    authorization: `Bearer ${stack.value('bearer')}`,
  }
  await stack.control('viewer', 'POST', '/v1/providers/shop/try', { headers: pasted, body })
  await stack.control('viewer', 'POST', '/v1/providers/gitlab/try', {
    headers: { 'x-gitlab-token': stack.value('gitlab') },
    body: '{}',
  })
  await stack.control('viewer', 'POST', '/v1/providers/gitlab/try', { headers: { 'x-gitlab-token': 'wrong' }, body: '{}' })
  const address = `http://ingress.localhost/webhooks/mailchimp?secret=${encodeURIComponent(stack.value('mailchimp'))}`
  await stack.control('viewer', 'POST', '/v1/providers/mailchimp/try', { url: address, body: 'type=subscribe' })
  for (const id of ['shop', 'gitlab', 'mailchimp']) await stack.control('operator', 'POST', `/v1/providers/${id}/test`, {})

  const { items } = await stack.admin<{ items: { id: string }[] }>('GET', '/v1/dead-letters?limit=200')
  const [first, second, third] = items
  if (!first || !second || !third) throw new Error('nothing died')
  await stack.control('operator', 'POST', `/v1/dead-letters/${first.id}/replay`, { reason: 'canaries' })
  await stack.control('operator', 'POST', `/v1/dead-letters/${second.id}/discard`, { reason: 'canaries' })
  const options = { config: 'current', idempotencyKey: 'new' }
  const replay = { target: { kind: 'replay_dead_letters', filter: { connector: 'basic' }, options } }
  await stack.admin('POST', '/v1/bulk-operations/plan', replay)
  await stack.admin('POST', '/v1/bulk-operations', { ...replay, reason: 'canaries' })

  for (const [name, [previous, current]] of stack.planted.values) {
    await stack.control('viewer', 'POST', `/v1/secrets/${name}/verify`, {})
    await stack.control('admin', 'PUT', `/v1/secrets/${name}`, { value: current, [current]: previous })
    await stack.control('admin', 'PUT', `/v1/secrets/${name}`, { value: current.repeat(600) })
    await stack.control('admin', 'PUT', `/v1/secrets/${name}`, { value: current, previousValidForSeconds: previous })
    await stack.control('admin', 'PUT', `/v1/secrets/${name}`, `{"value": ${JSON.stringify(current)}, broken ${previous}`)
    await stack.control('viewer', 'PUT', `/v1/secrets/${name}`, { value: current })
  }
  await stack.control('admin', 'PUT', '/v1/secrets/thief', { source: 'env', variable: 'SECRETS_KEY' })
  await stack.control('admin', 'DELETE', '/v1/secrets/shop/versions/1', { reason: 'canaries' })
}

/** Every route as everybody, by ids that lists gave; what mutates is tried by nobody but strangers. */
export async function readEverything(stack: CanaryStack): Promise<void> {
  await stack.runtime.tick()
  const idsOf = async (list: string): Promise<string[]> => {
    const { text } = await stack.control('admin', 'GET', `/v1/${list}`)
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
        const but = person === 'admin' && key === 'GET /v1/providers/:id/handshake-token' ? [stack.shown] : []
        await stack.control(person, method, one, method === 'GET' ? undefined : { reason: 'canaries' }, {}, but)
      }
      if (method === 'POST' && READ_ONLY.test(path)) await stack.control('viewer', method, one, { reason: 'canaries' })
    }
  }
  for (const query of ['', '?format=csv', '?format=jsonl']) await stack.control('auditor', 'GET', `/v1/audit/export${query}`)
  await stack.control('admin', 'GET', '/v1/config', undefined, { accept: 'application/yaml' })
  const cookie = { cookie: `CF_Authorization=${stack.tokens.viewer}`, 'cf-access-jwt-assertion': stack.tokens.viewer }
  for (const path of ['/', '/api/v1/me', '/api/v1/secrets', '/api/v1/config'])
    await stack.hear('console', path, { headers: cookie })
  for (const host of ['ingress', 'execution', 'control', 'console', 'breakglass', 'emergency']) {
    for (const path of ['/livez', '/readyz', '/nowhere'])
      await stack.hear(host, path, { headers: { authorization: `Bearer ${stack.value('bearer')}` } })
  }
  for (const path of ['/jobs', '/jobs?status=dead']) await stack.execution('GET', path)
  await stack.control(null, 'GET', '/v1/me', undefined, { 'cf-access-jwt-assertion': `${stack.tokens.admin.slice(0, -4)}AAAA` })
}
