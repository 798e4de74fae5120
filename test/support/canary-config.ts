import type { WrittenDocument } from '@orchestrator/shared/contracts/config-document'
import type { Aviary } from './canary.ts'

/** How the upstream answers: see echo-upstream.ts. */
export const OPERATIONS = ['ok', 'fail', 'reject', 'redirect', 'lead-away', 'break-off'] as const

export const STORE_BINDING = 'UPSTREAM_STORE'

export interface Planted {
  /** What is added to the configuration of development. `upstream` is where connectors lead. */
  add(document: WrittenDocument, upstream: string): WrittenDocument
  /** Values of `stored` secrets: the previous one, then the current one. */
  values: ReadonlyMap<string, readonly [string, string]>
  /** Variables of execution. */
  variables: Record<string, string>
  /** What execution's Secrets Store holds under {@link STORE_BINDING}. */
  inStore: string
  /** OAuth tokens that the upstream gives out, by connector. */
  tokens: ReadonlyMap<string, string>
  connectors: readonly string[]
}

/** A connector of each kind of credential, with canaries for all of them, and senders that prove themselves in different ways. */
export function plantConfig(aviary: Aviary): Planted {
  const values = new Map<string, readonly [string, string]>()
  const stored = (name: string, options: { prefix?: string; plain?: boolean } = {}): string => {
    values.set(name, [aviary.plant(`${name}, previous`, options), aviary.plant(`${name}, current`, options)])
    return name
  }
  const tokens = new Map(['oauth-basic', 'oauth-body'].map((id) => [id, aviary.plant(`token of ${id}`, { plain: true })]))
  const oauth = (id: string, more: object) => ({
    kind: 'oauth2ClientCredentials',
    clientId: 'us',
    secret: stored(id),
    ...more,
    tokenUrl: id,
  })
  const auths: Record<string, Record<string, unknown>> = {
    bearer: { kind: 'bearer', secret: stored('bearer') },
    variable: { kind: 'bearer', secret: 'variable' },
    store: { kind: 'bearer', secret: 'in-store' },
    basic: { kind: 'basic', username: 'us', secret: stored('basic') },
    header: { kind: 'header', header: 'x-api-key', secret: stored('header') },
    hmac: { kind: 'hmac', header: 'x-signature', secret: stored('hmac') },
    'standard-webhooks': { kind: 'standardWebhooks', secret: stored('standard-webhooks', { prefix: 'whsec_', plain: true }) },
    'oauth-basic': oauth('oauth-basic', { clientAuth: 'basic' }),
    'oauth-body': oauth('oauth-body', { clientAuth: 'body' }),
    'oauth-refused': oauth('oauth-refused', { clientAuth: 'body' }),
    aws: {
      kind: 'awsSigV4',
      accessKeyId: 'AKIDUS',
      secret: stored('aws'),
      sessionToken: stored('aws-session'),
      region: 'r',
      service: 's',
    },
  }
  for (const name of ['shop', 'gitlab', 'mailchimp']) stored(name)
  return {
    values,
    variables: { UPSTREAM_CREDENTIAL: aviary.plant('the variable UPSTREAM_CREDENTIAL') },
    inStore: aviary.plant('the Secrets Store'),
    tokens,
    connectors: Object.keys(auths),
    add: (document, upstream) => addTo(document, upstream, auths, [...values.keys()]),
  }
}

function addTo(
  document: WrittenDocument,
  upstream: string,
  auths: Readonly<Record<string, Record<string, unknown>>>,
  names: readonly string[],
): WrittenDocument {
  const operations = OPERATIONS.map((name) => ({ name, method: 'POST', path: `/${name}`, body: '$' }))
  const connectors = Object.entries(auths).map(([id, auth]) => {
    const endpoint = id === 'oauth-refused' ? 'refuse-token' : 'token'
    const token = 'tokenUrl' in auth ? { tokenUrl: `${upstream}/${id}/${endpoint}` } : {}
    return {
      id,
      baseUrl: `${upstream}/${id}`,
      auth: { ...auth, ...token },
      policy: 'canary',
      egress: { redirects: 1 },
      operations,
    }
  })
  const routed = ['ok', 'fail'].map((operation) => ({
    id: `shop-${operation}`,
    provider: 'shop',
    eventTypes: ['*'],
    connector: 'bearer',
    operation,
    input: '$',
  }))
  return {
    ...document,
    policies: [
      ...(document.policies ?? []),
      {
        id: 'canary',
        retry: { maxAttempts: 2, baseMs: 100, maxMs: 1_000, respectRetryAfter: true, retryAfterCapMs: 1_000 },
        circuitBreaker: null,
      },
    ],
    secrets: [
      ...(document.secrets ?? []),
      { name: 'variable', source: 'env', variable: 'UPSTREAM_CREDENTIAL' },
      { name: 'in-store', source: 'store', binding: STORE_BINDING },
      ...names.map((name) => ({ name, source: 'stored' })),
    ],
    connectors: [...(document.connectors ?? []), ...connectors],
    providers: [
      ...(document.providers ?? []),
      { id: 'shop', preset: 'stripe', secret: 'shop' },
      { id: 'gitlab', preset: 'gitlab', secret: 'gitlab' },
      { id: 'mailchimp', preset: 'mailchimp', secret: 'mailchimp' },
      { id: 'notion', preset: 'notion' },
      { id: 'asana', preset: 'asana' },
    ],
    routes: [...(document.routes ?? []), ...routed],
    clients: [...(document.clients ?? []), { id: 'canary', scopes: ['execute', 'jobs:read', 'jobs:write'] }],
  } as WrittenDocument
}
