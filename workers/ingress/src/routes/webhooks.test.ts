import { exports } from 'cloudflare:workers'
import { utf8 } from '@orchestrator/shared/core/bytes'
import { readBody } from '@orchestrator/shared/payloads/body'
import type { Problem } from '@orchestrator/shared/http/problem'
import { Stripe } from 'stripe'
import { beforeAll, describe, it } from 'vitest'
import { watched } from '../testing/faults.ts'
import {
  env,
  fetchWith,
  inboxRow,
  jobRows,
  post,
  type PostOptions,
  SECRET,
  seedConfig,
  signed,
  subscriptionEvent,
} from '../testing/stack.ts'

const worker = (exports as unknown as { default: Fetcher }).default

interface Accepted {
  id: string
  status: string
}

async function send(rawBody: Uint8Array<ArrayBuffer>, options: PostOptions = {}): Promise<Accepted & { code: number }> {
  const response = await worker.fetch(await signed(rawBody, options))
  return { code: response.status, ...(await response.json<Accepted>()) }
}

beforeAll(() => seedConfig())

describe('POST /webhooks/:provider accepts', () => {
  it('an event signed by the vendor code, and stores it with its job', async ({ expect }) => {
    const body = subscriptionEvent({ id: 'evt_vendor' })
    const signature = await Stripe.webhooks.generateTestHeaderStringAsync({
      payload: new TextDecoder().decode(body),
      secret: SECRET,
      cryptoProvider: Stripe.createSubtleCryptoProvider(),
    })
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const response = await worker.fetch(post(body, { headers: { 'Stripe-Signature': signature, traceparent } }))
    const { id, status } = await response.json<Accepted>()
    expect([response.status, status]).toEqual([200, 'accepted'])
    expect(response.headers.get('x-request-id')).toMatch(/^req_/)

    const row = await inboxRow(id)
    expect(row).toMatchObject({
      provider: 'stripe',
      eventId: 'evt_vendor',
      dedupeKey: 'id:evt_vendor',
      type: 'customer.subscription.updated',
      status: 'accepted',
      contentType: 'application/json',
      bodySize: body.length,
      bodyEncoding: 'utf8',
      configRevision: 1,
    })
    expect(row?.body).toBe(new TextDecoder().decode(body))
    expect(row?.trace).toContain('0af7651916cd43dd8448eb211c80319c')
    expect(JSON.parse(row?.verification ?? '')).toMatchObject({ preset: 'stripe', scheme: 'signature', secret: 'current' })
    expect(row?.headers).toContain('[redacted sha256:')
    expect(row?.headers).not.toContain('v1=')
    expect(await jobRows(id)).toMatchObject([
      { state: 'queued', route: 'stripe-subscriptions', connector: 'billing', queue: 'webhook', trace: row?.trace },
    ])
  })

  it('the same event 50 times at once as one, with one job', async ({ expect }) => {
    const body = subscriptionEvent()
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(body)))
    expect(answers.filter(({ status }) => status === 'accepted')).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 'duplicate')).toHaveLength(49)
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
    expect(await jobRows(answers[0]?.id ?? '')).toHaveLength(1)
  })

  it('an event for every route that matches, and sends each queue its claim checks', async ({ expect }) => {
    const calls: unknown[][] = []
    const WEBHOOK_QUEUE = watched(env.WEBHOOK_QUEUE, calls, 'send')
    const LOW_QUEUE = watched(env.LOW_QUEUE, calls, 'send')
    const request = await signed(subscriptionEvent(), { provider: 'stripe-fan-out' })
    const response = await fetchWith({ ...env, WEBHOOK_QUEUE, LOW_QUEUE }, request)
    const { id, status } = await response.json<Accepted>()
    expect(status).toBe('accepted')
    const jobs = await jobRows(id)
    expect(jobs.map(({ route, queue }) => [route, queue])).toEqual([
      ['fan-out-1', 'webhook'],
      ['fan-out-2', 'low'],
    ])
    const trace = (await inboxRow(id))?.trace
    expect(calls).toEqual(jobs.map((job) => [{ kind: 'job', jobId: job.id, generation: 1, trace }, { delaySeconds: 0 }]))
  })

  it('a large event: its body lies in R2, byte for byte', async ({ expect }) => {
    const body = subscriptionEvent({ filler: 70_000 })
    const { id, status } = await send(body)
    expect(status).toBe('accepted')
    const row = await inboxRow(id)
    expect(row).toMatchObject({ bodyEncoding: 'r2', body: `payloads/${id}`, bodySize: body.length })
    expect(await readBody(row ?? { bodyEncoding: 'utf8', body: 'lost' }, env.PAYLOADS)).toEqual(body)
  })

  it('65,536 bytes in the row, and one byte more in R2', async ({ expect }) => {
    const base = subscriptionEvent({ id: 'evt_boundary_0' }).length
    for (const [id, filler, encoding] of [
      ['evt_boundary_1', 65_536 - base, 'utf8'],
      ['evt_boundary_2', 65_537 - base, 'r2'],
    ] as const) {
      const answer = await send(subscriptionEvent({ id, filler }))
      expect((await inboxRow(answer.id))?.bodyEncoding).toBe(encoding)
    }
  })

  it('a large event again as a duplicate, and leaves no second body in R2', async ({ expect }) => {
    const body = subscriptionEvent({ filler: 70_000 })
    await send(body)
    const before = await env.PAYLOADS.list({ prefix: 'payloads/' })
    const response = await fetchWith(env, await signed(body))
    expect((await response.json<Accepted>()).status).toBe('duplicate')
    expect((await env.PAYLOADS.list({ prefix: 'payloads/' })).objects).toHaveLength(before.objects.length)
  })

  it('an event of a paused provider, whose job is held and not sent', async ({ expect }) => {
    const calls: unknown[][] = []
    const watchedEnv = { ...env, WEBHOOK_QUEUE: watched(env.WEBHOOK_QUEUE, calls, 'send', 'sendBatch') }
    for (const provider of ['stripe-paused', 'stripe-held']) {
      const response = await fetchWith(watchedEnv, await signed(subscriptionEvent(), { provider }))
      const { id, status } = await response.json<Accepted>()
      expect(status).toBe('accepted')
      expect(await jobRows(id)).toMatchObject([{ state: 'held' }])
    }
    expect(calls).toEqual([])
  })

  it('both secrets while one is being rolled, and says which', async ({ expect }) => {
    for (const [secret, label] of [
      ['whsec_development_only_rolling_new', 'current'],
      ['whsec_development_only_rolling_old', 'previous'],
    ]) {
      const { id, status } = await send(subscriptionEvent(), { provider: 'stripe-rolling', ...(secret ? { secret } : {}) })
      expect(status).toBe('accepted')
      expect(JSON.parse((await inboxRow(id))?.verification ?? '')).toMatchObject({ secret: label })
    }
  })
})

describe('POST /webhooks/:provider stores and ignores', () => {
  const bodies: [string, Uint8Array<ArrayBuffer>, string | null][] = [
    ['an empty body', new Uint8Array(), 'not_json'],
    ['invalid JSON', utf8('{"id":'), 'not_json'],
    ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0x00]), 'not_json'],
    ['JSON that is no object', utf8('[1]'), null],
    ['a type that no route wants', subscriptionEvent({ type: 'invoice.paid' }), null],
    ['more than is parsed', subscriptionEvent({ filler: 1_100_000 }), 'too_large_to_parse'],
  ]
  for (const [name, body, note] of bodies) {
    it(`keeps ${name}`, async ({ expect }) => {
      const answer = await send(body)
      expect(answer).toMatchObject({ code: 200, status: 'ignored' })
      const row = await inboxRow(answer.id)
      expect(row).toMatchObject({ status: 'ignored', bodySize: body.length })
      expect(await readBody(row ?? { bodyEncoding: 'utf8', body: 'lost' }, env.PAYLOADS)).toEqual(body)
      expect(await jobRows(answer.id)).toEqual([])
      const event = await env.DATA_00.prepare('SELECT data FROM event_log WHERE inbox_id = ?')
        .bind(answer.id)
        .first<string>('data')
      expect(JSON.parse(event ?? '').note ?? null).toBe(note)
      expect(await send(body)).toMatchObject({ status: 'duplicate', id: answer.id })
    })
  }

  it('two bodies without an id as two, by what they say', async ({ expect }) => {
    const first = await send(utf8('{"a":1}'))
    const second = await send(utf8('{"a":2}'))
    expect(second.status).toBe('ignored')
    expect(second.id).not.toBe(first.id)
    expect((await inboxRow(first.id))?.dedupeKey).toMatch(/^sha256:[0-9a-f]{64}$/)
  })
})

describe('POST /webhooks/:provider refuses', () => {
  it('every bad signature with the same 401, whatever is wrong with it', async ({ expect }) => {
    const body = subscriptionEvent({ id: 'evt_refused' })
    const good = await signed(body)
    const header = good.headers.get('stripe-signature') ?? ''
    const changed = body.slice()
    changed[10] = 0x20
    const requests: Record<string, Request> = {
      'changed byte': post(changed, { headers: { 'stripe-signature': header } }),
      'wrong secret': await signed(body, { secret: 'whsec_other' }),
      'missing header': post(body),
      'malformed header': post(body, { headers: { 'stripe-signature': 'not-a-signature' } }),
      'ten minutes old': await signed(body, { age: 600 }),
      'ten minutes ahead': await signed(body, { age: -600 }),
    }
    const answers = new Set<string>()
    for (const [name, request] of Object.entries(requests)) {
      const response = await worker.fetch(request)
      expect(response.status, name).toBe(401)
      const { requestId, instance, ...problem } = await response.json<Problem>()
      expect([requestId, instance]).toEqual([response.headers.get('x-request-id'), '/webhooks/stripe'])
      answers.add(JSON.stringify(problem))
    }
    expect(answers.size).toBe(1)
    const stored = await env.DATA_00.prepare("SELECT count(*) AS n FROM inbox WHERE event_id = 'evt_refused'").first<number>('n')
    expect(stored).toBe(0)
  })

  const refusals: [string, PostOptions, number, string][] = [
    ['an unknown provider', { provider: 'nobody' }, 404, 'not_found'],
    ['a disabled provider', { provider: 'stripe-disabled' }, 503, 'provider_disabled'],
    ['a body above the provider limit', { provider: 'stripe-small' }, 413, 'body_too_large'],
    ['a provider whose secret does not exist', { provider: 'stripe-without-secret' }, 503, 'unavailable'],
    ['a provider whose secret cannot be opened', { provider: 'stripe-unreadable-secret' }, 503, 'unavailable'],
    ['a provider whose preset does not exist', { provider: 'stripe-without-preset' }, 503, 'unavailable'],
  ]
  for (const [name, options, status, code] of refusals) {
    it(`${name} with ${status}`, async ({ expect }) => {
      const response = await worker.fetch(await signed(subscriptionEvent({ filler: 1_000 }), options))
      expect(response.status).toBe(status)
      expect(response.headers.get('content-type')).toBe('application/problem+json')
      expect(response.headers.has('retry-after')).toBe(status === 503)
      expect(await response.json<Problem>()).toMatchObject({ code, status })
    })
  }

  it('26 MiB by its Content-Length, without reading any of it', async ({ expect }) => {
    let pulled = 0
    const request = post(
      endlessBody(() => pulled++),
      { headers: { 'content-length': String(26 * 1_048_576) } },
    )
    const response = await fetchWith(env, request)
    expect(response.status).toBe(413)
    expect(pulled).toBeLessThanOrEqual(1)
  })

  it('more than 1 MiB without a Content-Length as soon as that is passed', async ({ expect }) => {
    let pulled = 0
    const response = await fetchWith(env, post(endlessBody(() => pulled++)))
    expect(response.status).toBe(411)
    expect((await response.json<Problem>()).code).toBe('length_required')
    expect(pulled).toBeLessThanOrEqual(3)
  })

  it('other methods with 405 and Allow, and other paths with 404', async ({ expect }) => {
    const got = await worker.fetch('https://ingress.example.com/webhooks/stripe')
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await got.json<Problem>()).code).toBe('method_not_allowed')
    expect((await worker.fetch('https://ingress.example.com/', { method: 'POST' })).status).toBe(404)
  })

  it('to serve at all with a bad environment, and names what is missing', async ({ expect }) => {
    const response = await fetchWith({ ...env, SECRETS_KEY: undefined, PAYLOADS: undefined }, await signed(subscriptionEvent()))
    expect(response.status).toBe(500)
    const problem = await response.json<Problem>()
    expect(problem.code).toBe('bad_environment')
    expect(problem.detail).toMatch(/PAYLOADS.*SECRETS_KEY|SECRETS_KEY.*PAYLOADS/)
  })
})

/** Chunks of 1 MiB without end. */
function endlessBody(onPull: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        onPull()
        controller.enqueue(new Uint8Array(1_048_576))
      },
    },
    { highWaterMark: 0 },
  )
}
