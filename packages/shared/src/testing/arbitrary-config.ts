import * as fc from 'fast-check'
import type { ConfigContent } from '../config/revision.ts'
import { client } from '../contracts/client.ts'
import { provider, route, type SecretRef } from '../contracts/config.ts'
import { connector, type ConnectorAuth, operation } from '../contracts/connector.ts'
import { policyInput } from '../contracts/policy-input.ts'
import { QUEUE_NAMES } from '../contracts/queue.ts'

/** Few names, so that two configurations have some in common. */
const NAMES = ['a', 'b-2', '0x', 'no']
const slugs = (minLength: number) => fc.shuffledSubarray(NAMES, { minLength, maxLength: 3 })
/** What YAML and JSON would read as something else, were it not quoted. */
const text = fc.constantFrom('plain', 'null', '"', "it's: #1", '- a\n  b\n', '1e3', 'ß', '*x', '{{}}')
const dictionary = <T>(value: fc.Arbitrary<T>) =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom('x-a', 'x-b', 'x-c'), value), { maxLength: 3, selector: ([name]) => name })
    .map((all) => Object.fromEntries(all))
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
/** Fields that need not be there. */
const partly = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(fields, { requiredKeys: [] })

const versions = fc
  .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 3 })
  .map((numbers) =>
    numbers
      .toSorted((a, b) => b - a)
      .map((version, i) => ({ version, iv: `iv${version}`, ciphertext: `sealed${version}`, validUntil: i === 0 ? null : 9e11 })),
  )

const secretOf = (name: string): fc.Arbitrary<SecretRef> =>
  fc.oneof(
    versions.map((all): SecretRef => ({ name, source: 'stored', versions: all })),
    fc.constant<SecretRef>({ name, source: 'env', variable: 'OUTSIDE_NEW', previousVariable: 'OUTSIDE_OLD' }),
    fc.constant<SecretRef>({ name, source: 'store', binding: 'OUTSIDE_STORE' }),
  )

const policyOf = (id: string) =>
  partly({
    rateLimit: orNull(fc.record({ limit: fc.integer({ min: 1, max: 50 }) })),
    concurrency: orNull(fc.record({ limit: fc.integer({ min: 1, max: 50 }), key: orNull(fc.constant('client')) })),
    circuitBreaker: orNull(fc.record({ failureRate: fc.constantFrom(0.25, 0.5, 1) })),
    hedge: orNull(fc.record({ delayMs: fc.integer({ min: 1, max: 900 }) })),
    autoPause: fc.constant(null),
    retry: partly({ maxAttempts: fc.integer({ min: 1, max: 9 }), budget: fc.constant(null) }),
  }).map((fields) => policyInput.parse({ id, ...fields }))

const connectorOf = (id: string, policies: readonly string[], secrets: readonly string[]) => {
  const secret = fc.constantFrom(...secrets)
  const auth: fc.Arbitrary<ConnectorAuth> = fc.oneof(
    fc.constant<ConnectorAuth>({ kind: 'none' }),
    secret.map((name): ConnectorAuth => ({ kind: 'bearer', secret: name })),
    secret.map((name): ConnectorAuth => ({ kind: 'basic', username: 'us', secret: name })),
  )
  return fc
    .record({
      policy: fc.constantFrom(...policies),
      auth,
      headers: dictionary(fc.constantFrom('v', 'w')),
      egress: fc.constantFrom({ redirects: 0, allowedHosts: [] }, { redirects: 2, allowedHosts: ['files.example.com'] }),
      resumedAt: orNull(fc.constant(77)),
      breakerResetAt: orNull(fc.constant(78)),
    })
    .map((fields) => connector.parse({ id, baseUrl: `https://${id}.example.com`, responseLimitBytes: 1_000, ...fields }))
}

const operationOf = (of: string, name: string, policies: readonly string[]) =>
  fc
    .record({
      body: orNull(fc.constant('{"id": id}')),
      policy: orNull(fc.constantFrom(...policies)),
      idempotent: orNull(fc.boolean()),
      inputSchema: orNull(
        fc.constantFrom({ type: 'object', required: ['id'] }, { required: ['id'], additionalProperties: false }),
      ),
      response: orNull(fc.constant('body.id')),
      success: orNull(fc.constant({ statuses: ['2xx', '404'], when: null })),
      forwardHeaders: fc.constantFrom([], ['x-request']),
    })
    .map((fields) => operation.parse({ connector: of, name, method: 'POST', path: `/${name}/{id}`, ...fields }))

const providerOf = (id: string, secrets: readonly string[]) =>
  fc
    .record({
      enabled: fc.boolean(),
      paused: fc.boolean(),
      secret: orNull(fc.constantFrom(...secrets)),
      settings: fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.oneof(text, fc.array(text, { maxLength: 2 })), {
        maxKeys: 3,
      }),
      allowedIps: fc.constantFrom([], ['192.0.2.0/24']),
      rateLimit: orNull(fc.constant({ limit: 5, perSeconds: 1 })),
    })
    .map((fields) => provider.parse({ id, preset: 'stripe', bodyLimitBytes: 1_000, dedupeWindowMs: 60_000, ...fields }))

const clientOf = (id: string, connectors: readonly string[]) =>
  fc
    .record({
      name: text,
      enabled: fc.boolean(),
      scopes: fc.subarray(['execute', 'jobs:write', 'jobs:read']),
      connectors: orNull(fc.subarray([...connectors])),
      queues: orNull(fc.subarray([...QUEUE_NAMES])),
      rateLimit: orNull(fc.constant({ limit: 5, perMs: 1_000, burst: 0 })),
      serviceTokens: fc.constantFrom([], [`${id}.access`]),
      keys: fc.constantFrom([], [{ id: 'key-1', hash: 'a'.repeat(64), createdAt: 1, expiresAt: null }]),
    })
    .map((fields) => client.parse({ id, ...fields }))

const routeOf = (id: string, calls: readonly { connector: string; name: string }[], providers: readonly string[]) =>
  fc
    .record({
      provider: fc.constantFrom(...providers),
      call: fc.constantFrom(...calls),
      enabled: fc.boolean(),
      filter: orNull(fc.constant('body.id != null')),
      queue: fc.constantFrom(...QUEUE_NAMES),
      delaySeconds: fc.constantFrom(0, 5),
      orderingKey: orNull(fc.constant('body.id')),
      onDeath: fc.constantFrom('release', 'block'),
    })
    .map(({ call, ...fields }) =>
      route.parse({ id, eventTypes: ['a.*'], connector: call.connector, operation: call.name, input: '{"id": id}', ...fields }),
    )

/** Configurations that control would accept, in any order, with all that no document holds. */
export const arbitraryConfig: fc.Arbitrary<ConfigContent> = fc
  .record({
    secrets: slugs(1),
    policies: slugs(1),
    connectors: slugs(1),
    operations: slugs(1),
    providers: slugs(1),
    routes: slugs(0),
    clients: slugs(0),
  })
  .chain((ids) => {
    const calls = ids.connectors.flatMap((of) => ids.operations.map((name) => ({ connector: of, name })))
    return fc.record({
      secrets: fc.tuple(...ids.secrets.map(secretOf)),
      policies: fc.tuple(...ids.policies.map(policyOf)),
      connectors: fc.tuple(...ids.connectors.map((id) => connectorOf(id, ids.policies, ids.secrets))),
      operations: fc.tuple(...calls.map(({ connector: of, name }) => operationOf(of, name, ids.policies))),
      providers: fc.tuple(...ids.providers.map((id) => providerOf(id, ids.secrets))),
      routes: fc.tuple(...ids.routes.map((id) => routeOf(id, calls, ids.providers))),
      clients: fc.tuple(...ids.clients.map((id) => clientOf(id, ids.connectors))),
      breakerOverrides: fc.subarray(ids.connectors).map((all) => all.map((of) => ({ connector: of, state: 'open' as const }))),
      pauses: fc
        .subarray(ids.connectors)
        .map((all) => [{ kind: 'queue' as const, id: 'low' }, ...all.map((id) => ({ kind: 'connector' as const, id }))]),
      settings: fc.record({
        writeShard: fc.constantFrom(0, 1),
        liveShards: fc.constant([1, 0]),
        resendGraceMs: fc.integer({ min: 1_000, max: 200_000 }),
      }),
    })
  })
