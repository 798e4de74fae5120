import * as fc from 'fast-check'
import type { Outgoing } from '../load/harness.ts'

/** A request, and what its body is as a value where it is JSON. */
export interface Hostile extends Outgoing {
  endpoint: Endpoint
  value?: unknown
}

export type Endpoint = 'execute' | 'jobs' | 'batch'
export const PATHS: Record<Endpoint, string> = { execute: '/execute', jobs: '/jobs', batch: '/jobs/batch' }

const JSON_TYPE = { 'content-type': 'application/json' }

const call = { connector: 'upstream', operation: 'call', input: { id: 'sub_1' } }
const job = {
  ...call,
  queue: 'low',
  delaySeconds: 60,
  orderingKey: 'k',
  onDeath: 'release',
  callback: { connector: 'upstream', operation: 'call', queue: 'default' },
  resultTtlSeconds: 60,
}
const VALID: Record<Endpoint, Record<string, unknown>> = {
  execute: { ...call, timeoutMs: 5_000 },
  jobs: job,
  batch: { jobs: [job, call] },
}

/** Every field of each endpoint by its path, the optional ones and one that there is not. */
export const FIELDS: Record<Endpoint, readonly string[]> = {
  execute: ['connector', 'operation', 'input', 'timeoutMs', 'unknown', ''],
  jobs: [...Object.keys(job), 'runAt', 'callback.connector', 'callback.operation', 'callback.queue', 'unknown', ''],
  batch: ['jobs', 'jobs.0', 'jobs.1', ...Object.keys(job).map((field) => `jobs.0.${field}`), 'jobs.1.runAt', 'unknown', ''],
}

/** Values that somebody's code comes to send, and those that somebody sends on purpose. */
const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    ' ',
    'upstream',
    'call',
    'webhook',
    'critical',
    0,
    -1,
    1,
    1.5,
    1e308,
    -0,
    2 ** 53,
    120_000,
    120_001,
    31_622_400,
    31_622_401,
    true,
    false,
    [],
    {},
    [[]],
    '2026-13-01T00:00:00Z',
    '2026-12-01T00:00:00Z',
    '2026-12-01T00:00:00+25:00',
    '9999-12-31T23:59:59Z',
    '1970-01-01T00:00:00Z',
    '../../etc/passwd',
    "'; DROP TABLE jobs; --",
    '__proto__',
    'constructor',
    '\0',
    '\ud800',
    '\u202e',
    'x'.repeat(64),
    'x'.repeat(65),
    'x'.repeat(257),
    'x'.repeat(20_000),
    '{{input}}',
    '$eval("1")',
  ),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.double(),
  fc.integer(),
  fc.jsonValue({ maxDepth: 4 }),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
)

/** A valid body with one or two fields changed, left out or added. */
const changed: fc.Arbitrary<Hostile> = fc
  .constantFrom<Endpoint>('execute', 'jobs', 'batch')
  .chain((endpoint) =>
    fc.record({
      endpoint: fc.constant(endpoint),
      changes: fc.array(fc.tuple(fc.constantFrom(...FIELDS[endpoint]), value), { minLength: 1, maxLength: 2 }),
    }),
  )
  .map(({ endpoint, changes }) => {
    let body: unknown = structuredClone(VALID[endpoint])
    for (const [field, replacement] of changes) body = field === '' ? replacement : withField(body, field.split('.'), replacement)
    const text = JSON.stringify(body) ?? ''
    const sent: { value?: unknown } = text === '' ? {} : { value: JSON.parse(text) as unknown }
    return { endpoint, method: 'POST', path: PATHS[endpoint], headers: JSON_TYPE, body: text, ...sent }
  })

const DEPTH = 5_000
/** Bytes that are no JSON, or JSON that strains a parser. */
const raw: fc.Arbitrary<Hostile> = fc
  .tuple(
    fc.constantFrom<Endpoint>('execute', 'jobs', 'batch'),
    fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.string({ unit: 'binary', maxLength: 200 }).map((text) => Buffer.from(text)),
      fc.nat(120).map((length) => Buffer.from(JSON.stringify(VALID.jobs).slice(0, length))),
      fc
        .constantFrom(
          '',
          '[',
          '\ufeff{}',
          'null',
          'NaN',
          '"text"',
          '[]',
          '0',
          '{"connector":"upstream","connector":"upstream","operation":"call","input":1}',
          '{"__proto__":{"connector":"upstream"}}',
          '{"connector":"upstream","operation":"call","input":1e999}',
          `{"connector":"upstream","operation":"call","input":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}`,
          `{"connector":"upstream","operation":"call","input":"${'\\u0000'.repeat(500)}"}`,
        )
        .map((text) => Buffer.from(text)),
    ),
  )
  .map(([endpoint, body]) => ({ endpoint, method: 'POST', path: PATHS[endpoint], headers: JSON_TYPE, body }))

const headerText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'x',
    '"quoted"',
    '"unfinished',
    'a b',
    'x'.repeat(256),
    'x'.repeat(5_000),
    'é',
    'application/json; charset=latin1',
  ),
  fc.string({
    // Node sends no control characters.
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
    maxLength: 100,
  }),
)

/** A good body under headers that are not. */
const badHeaders: fc.Arbitrary<Hostile> = fc
  .tuple(
    fc.constantFrom<Endpoint>('execute', 'jobs', 'batch'),
    fc.constantFrom(
      'content-type',
      'idempotency-key',
      'authorization',
      'traceparent',
      'accept',
      'content-encoding',
      'x-request-id',
    ),
    headerText,
  )
  .map(([endpoint, name, text]) => ({
    endpoint,
    method: 'POST',
    path: PATHS[endpoint],
    headers: { ...JSON_TYPE, [name]: text.trim() },
    body: JSON.stringify(VALID[endpoint]),
  }))

const QUERY_NAMES = [
  'status',
  'connector',
  'operation',
  'queue',
  'orderingKey',
  'createdAfter',
  'createdBefore',
  'limit',
  'cursor',
  'x',
]
const segment = fc.oneof(
  fc.constantFrom(
    'job_0001ARZ3NDEKTSV4RRFFQ69G5FAV',
    'job_',
    '%00',
    '%ff',
    '..',
    'whk_0001ARZ3NDEKTSV4RRFFQ69G5FAV',
    'x'.repeat(2_000),
  ),
  fc.string({ maxLength: 60 }).map((text) => encodeURIComponent(text.toWellFormed()) || 'x'),
)

/** Addresses and queries of the reading endpoints, and methods that nothing has. */
const reading: fc.Arbitrary<Hostile> = fc
  .tuple(
    fc.oneof(
      segment.map((id) => ({ method: 'GET', path: `/jobs/${id}` })),
      segment.map((id) => ({ method: 'POST', path: `/jobs/${id}/cancel` })),
      fc
        .tuple(
          fc.constantFrom(...QUERY_NAMES),
          fc.oneof(segment, fc.constantFrom('0', '-1', '1e9', 'dead', 'low', '2026-01-01T00:00:00Z')),
        )
        .map(([name, text]) => ({ method: 'GET', path: `/jobs?${name}=${text}` })),
      fc
        .constantFrom('/execute', '/jobs/batch')
        .chain((path) => fc.constantFrom('GET', 'PUT', 'DELETE').map((method) => ({ method, path }))),
    ),
  )
  .map(([{ method, path }]) => ({ endpoint: 'jobs' as const, method, path, headers: {}, body: '' }))

/** A request that somebody might send. */
export const hostileRequest: fc.Arbitrary<Hostile> = fc.oneof(
  { weight: 6, arbitrary: changed },
  { weight: 2, arbitrary: raw },
  { weight: 1, arbitrary: badHeaders },
  { weight: 1, arbitrary: reading },
)

function withField(target: unknown, [name = '', ...rest]: string[], replacement: unknown): unknown {
  if (typeof target !== 'object' || target === null) return target
  const copy = (Array.isArray(target) ? [...(target as unknown[])] : { ...target }) as Record<string, unknown>
  const next = rest.length === 0 ? replacement : withField(copy[name], rest, replacement)
  if (next === undefined && !Array.isArray(copy)) delete copy[name]
  else copy[name] = next
  return copy
}
