import { describe, it } from 'vitest'
import { type AcceptedJob, parseAccepted, serialiseAccepted, type AcceptedWebhook } from './accepted.ts'
import { matchesGlob } from './glob.ts'
import { jobMessages } from './job-messages.ts'
import { redactHeaders } from './redact-headers.ts'

const ULID = '01JD0000000000000000000000'
const record: AcceptedWebhook = {
  v: 1,
  id: `whk_00${ULID}`,
  provider: 'stripe',
  dedupeKeys: ['id:evt_1'],
  reviveDead: true,
  dedupeWindowMs: 1_000,
  eventId: 'evt_1',
  type: 'a.b',
  status: 'accepted',
  note: null,
  receivedAt: 1,
  path: '/webhooks/stripe',
  query: '',
  headers: [['a', 'b']],
  contentType: null,
  bodySize: 2,
  bodyEncoding: 'utf8',
  body: '{}',
  verification: {},
  trace: '00-1-2-01',
  configRevision: 1,
  resendGraceMs: 1_000,
  jobs: [],
  routeFailures: [],
}
const job = (n: number, queue: AcceptedJob['queue'], changes: Partial<AcceptedJob> = {}): AcceptedJob => ({
  id: `job_00${ULID.slice(0, -3)}${String(n).padStart(3, '0')}`,
  state: 'queued',
  queue,
  route: 'r',
  connector: 'c',
  operation: 'o',
  policy: null,
  delaySeconds: 0,
  orderingKey: null,
  onDeath: 'release',
  ...changes,
})

describe('an accepted webhook as text', () => {
  it('comes back as it was', ({ expect }) => {
    const full = { ...record, body: 'Ł\u2028"', jobs: [job(1, 'webhook')] }
    expect(parseAccepted(serialiseAccepted(full))).toEqual(full)
  })

  it('is unreadable when it is damaged, incomplete, or has ids that are not ours', ({ expect }) => {
    const { body: _, ...incomplete } = record
    const texts = ['', '{', 'null', '{}', JSON.stringify(incomplete), JSON.stringify({ ...record, id: 'whk_1' })]
    for (const text of texts) expect(parseAccepted(text)).toBeUndefined()
  })

  it('is readable as an older release wrote it', ({ expect }) => {
    const { path: _path, query: _query, routeFailures: _failures, ...older } = record
    const { policy: _policy, delaySeconds: _delay, orderingKey: _key, ...olderJob } = job(1, 'webhook')
    expect(parseAccepted(JSON.stringify({ ...older, jobs: [olderJob] }))).toEqual({
      ...record,
      path: '',
      jobs: [job(1, 'webhook')],
    })
  })
})

describe('jobMessages', () => {
  const times = { createdAt: 1, now: 1 }

  it('batches claim checks by queue, at most 100 each, and leaves held jobs out', ({ expect }) => {
    const jobs = Array.from({ length: 102 }, (_, i) => job(i, 'webhook')).concat([
      job(200, 'low'),
      job(201, 'low', { state: 'held' }),
    ])
    const batches = jobMessages({ ...record, jobs }, times)
    expect(batches.map(({ queue, messages }) => [queue, messages.length])).toEqual([
      ['webhook', 100],
      ['webhook', 2],
      ['low', 1],
    ])
    const body = { kind: 'job', jobId: job(200, 'low').id, generation: 1, trace: record.trace }
    expect(batches[2]?.messages[0]).toEqual({ body, delaySeconds: 0 })
  })

  it('delays from the arrival on, and leaves to the sweep what no queue delays that long', ({ expect }) => {
    const delayed = (delaySeconds: number) => job(delaySeconds, 'webhook', { state: 'scheduled', delaySeconds })
    const jobs = [delayed(10), delayed(86_400), delayed(86_460)]
    const delays = (now: number) =>
      jobMessages({ ...record, jobs }, { createdAt: 1, now }).flatMap(({ messages }) => messages.map((one) => one.delaySeconds))
    expect(delays(1)).toEqual([10, 86_400])
    expect(delays(5_501)).toEqual([5, 86_395])
    expect(delays(60_001)).toEqual([0, 86_340, 86_400])
  })
})

describe('matchesGlob', () => {
  const cases: [string, string, boolean][] = [
    ['invoice.paid', 'invoice.paid', true],
    ['invoice.paid', 'invoice.paid2', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['invoice.*', 'invoice.', true],
    ['invoice.*', 'invoices.paid', false],
    ['*.paid', 'invoice.paid', true],
    ['*.paid', '.paid.x', false],
    ['customer.*.created', 'customer.subscription.created', true],
    ['customer.*.created', 'customer.created', false],
    ['a*b*c', 'aXbYc', true],
    ['a*b*c', 'acb', false],
    ['ab*ba', 'aba', false],
    ['a*bc*c', 'abc', false],
    ['**', 'x', true],
    ['a.b', 'aXb', false],
    ['[ab]+', 'a', false],
    ['', '', true],
  ]
  for (const [glob, value, matches] of cases) {
    it(`${JSON.stringify(glob)} ${matches ? 'matches' : 'does not match'} ${JSON.stringify(value)}`, ({ expect }) => {
      expect(matchesGlob(glob, value)).toBe(matches)
    })
  }

  it('takes no exponential time on a hostile pattern', ({ expect }) => {
    const startedAt = performance.now()
    expect(matchesGlob(`${'*a'.repeat(500)}*b`, 'a'.repeat(20_000))).toBe(false)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
  })
})

describe('redactHeaders', () => {
  it('hides what proves an identity, so that equal values still look equal', async ({ expect }) => {
    const headers = new Headers({ Authorization: 'Bearer x', Cookie: 'a=b', 'Stripe-Signature': 't=1', 'User-Agent': 'u' })
    const redacted = new Map(redactHeaders(headers, ['stripe-signature']))
    expect(redacted.get('user-agent')).toBe('u')
    for (const name of ['authorization', 'cookie', 'stripe-signature']) {
      expect(redacted.get(name)).toMatch(/^\[redacted sha256:[0-9a-f]{8}\]$/)
    }
    expect(new Map(redactHeaders(headers, ['stripe-signature']))).toEqual(redacted)
  })

  it('hides what is named like a secret, and no more', async ({ expect }) => {
    const hidden = [
      'CF-Access-Client-Secret',
      'cf-access-token',
      'cf-access-jwt-assertion',
      'x-auth-token',
      'x-amz-security-token',
      'x-api-key',
      'apikey',
      'proxy-authorization',
      'x-session-id',
      'x-password',
      'x-credentials',
    ]
    const shown = [
      'user-agent',
      'content-type',
      'cf-ray',
      'cf-access-client-id',
      'idempotency-key',
      'x-request-id',
      'traceparent',
    ]
    const redacted = redactHeaders(
      [...hidden, ...shown].map((name): [string, string] => [name, 'value']),
      [],
    )
    expect(redacted.filter(([, value]) => value === 'value').map(([name]) => name)).toEqual(shown)
  })
})
