import { exportJWK, generateKeyPair } from 'jose'
import { workerProject } from '../../test/worker-project.ts'

const ISSUER = 'http://access.localhost:8787'

/** Keys of an Access that exists only in these tests: `current` is published from the start, `rotated` when a test says so. */
async function createKey(kid: string) {
  const pair = await generateKeyPair('RS256', { extractable: true })
  return {
    kid,
    publicJwk: { ...(await exportJWK(pair.publicKey)), kid, alg: 'RS256' },
    privateJwk: await exportJWK(pair.privateKey),
  }
}
const keys = { current: await createKey('current'), rotated: await createKey('rotated'), foreign: await createKey('current') }

/** What the neighbours do; a test sets it by `fetch('http://faults.test/ingress?mode=hang')`. Each name is used by one file of tests. */
const modes: Record<string, string> = {}

interface Incoming {
  method: string
  url: string
  headers: Iterable<[string, string]>
  text(): Promise<string>
}

/** A neighbouring Worker's `/readyz`. What is posted to ingress it answers with what it got. */
function neighbour(name: string) {
  return async (request: Incoming): Promise<Response> => {
    const { pathname, search } = new URL(request.url)
    if (pathname.startsWith('/webhooks/')) {
      if (modes['ingress-webhooks'] === 'throw') throw new Error('ingress is broken')
      const { method } = request
      return Response.json({ method, pathname, search, headers: [...request.headers], body: await request.text() })
    }
    const mode = modes[name] ?? 'up'
    if (mode === 'hang') await new Promise((resolve) => setTimeout(resolve, 4_000))
    if (mode === 'throw') throw new Error(`${name} is broken`)
    return Response.json({ configRevision: 7 }, { status: mode === 'down' ? 503 : 200 })
  }
}

/** Execution's door for tests of connectors: answers with what it got. */
async function tryConnector(request: Incoming): Promise<Response> {
  const mode = modes['connector-test'] ?? 'up'
  if (mode === 'throw') throw new Error('execution is broken')
  if (mode === 'down') {
    const problem = { code: 'upstream_failed', detail: 'The upstream answered 500.' }
    return Response.json(problem, { status: 502, headers: { 'content-type': 'application/problem+json' } })
  }
  return Response.json({ status: 200, body: JSON.parse(await request.text()) as unknown })
}

/** Execution's door for calls as a client: answers with what it got. */
async function asClient(request: Incoming): Promise<Response> {
  if (modes['as-client'] === 'throw') throw new Error('execution is broken')
  const { pathname, search } = new URL(request.url)
  const body = await request.text()
  const got = { method: request.method, path: pathname + search, headers: Object.fromEntries(request.headers), body }
  const headers = { 'x-request-id': 'req_of_execution', 'retry-after': '7', 'set-cookie': 'a=b' }
  return Response.json(got, { status: modes['as-client'] === 'down' ? 429 : 200, headers })
}

/** Execution's door that tells how breakers stand: all of them closed, but for one that does not answer. */
async function breakerStates(request: Incoming): Promise<Response> {
  const mode = modes['breaker-states'] ?? 'up'
  if (mode === 'throw') throw new Error('execution is broken')
  if (mode === 'hang') await new Promise((resolve) => setTimeout(resolve, 4_000))
  const { breakers } = JSON.parse(await request.text()) as { breakers: { connector: string }[] }
  const closed = { state: 'closed', successes: 3, failures: 1, openUntil: null, failingSince: null }
  return Response.json({ breakers: Object.fromEntries(breakers.map((one) => [one.connector, mode === 'down' ? null : closed])) })
}

/** The neighbours' doors that tell whether they can read a secret; set by `<name>-secrets`. */
function secretCheck(name: 'ingress' | 'execution') {
  return async (request: Incoming): Promise<Response> => {
    const mode = modes[`${name}-secrets`] ?? 'up'
    if (mode === 'throw') throw new Error(`${name} is broken`)
    if (mode === 'hang') await new Promise((resolve) => setTimeout(resolve, 4_000))
    const { source } = JSON.parse(await request.text()) as { source: string }
    return Response.json({ current: source === 'env' && name === 'execution' ? 'missing' : 'resolves', previous: null })
  }
}

/** A name of our own choice leads into a private network, another to nowhere. */
function recordsOf(name: string): { type: number; data: string }[] {
  if (name === 'nowhere.example') return []
  return [{ type: 1, data: name === 'inside.example' ? '10.0.0.1' : '93.184.215.14' }]
}

/** Everything that the Worker under test fetches. */
async function outside(request: { url: string }): Promise<Response> {
  const url = new URL(request.url)
  if (url.host === 'faults.test') {
    modes[url.pathname.slice(1)] = url.searchParams.get('mode') ?? 'up'
    return new Response('ok')
  }
  if (url.href === `${ISSUER}/cdn-cgi/access/certs`) {
    const published = modes['access'] === 'rotated' ? [keys.current, keys.rotated] : [keys.current]
    return Response.json({ keys: published.map((key) => key.publicJwk) })
  }
  // The resolver of names.
  if (url.host === 'cloudflare-dns.com')
    return Response.json({ Status: 0, Answer: recordsOf(url.searchParams.get('name') ?? '') })
  // The key set of a custom sender.
  if (url.href === 'https://keys.example.com/jwks') return Response.json({ keys: [keys.current.publicJwk] })
  return new Response('nobody lives here', { status: 404 })
}

export default workerProject({
  name: 'control',
  folder: 'workers/control',
  include: ['src/**/*.test.ts'],
  wrangler: 'workers/control/wrangler.toml',
  bindings: {
    ACCESS_ISSUER: ISSUER,
    ACCESS_AUDIENCE: 'console-development-only',
    ALLOWED_ORIGINS: 'http://console.localhost:8787,http://control.localhost:8787',
    SECRETS_KEY: 'secrets_key_development_only',
    SECRETS_KEY_PREVIOUS: 'previous_secrets_key_development_only',
    AUDIT_SIGNING_KEY: 'audit_signing_key_development_only',
    ACCESS_CONTACT: 'platform@example.com',
    TEST_KEYS: JSON.stringify(keys),
    TEST_LIST_ROWS: process.env['LIST_ROWS'] ?? '100000',
  },
  miniflare: {
    serviceBindings: {
      INGRESS: neighbour('ingress'),
      EXECUTION: neighbour('execution'),
      CONNECTOR_TEST: tryConnector,
      AS_CLIENT: asClient,
      BREAKER_STATES: breakerStates,
      INGRESS_SECRET_CHECK: secretCheck('ingress'),
      EXECUTION_SECRET_CHECK: secretCheck('execution'),
    },
    outboundService: outside,
  },
})
