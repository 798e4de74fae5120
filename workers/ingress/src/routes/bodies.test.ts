import { createHmac } from 'node:crypto'
import { utf8 } from '@orchestrator/shared/core/bytes'
import { readBody } from '@orchestrator/shared/payloads/body'
import { beforeAll, describe, it } from 'vitest'
import { bare, configOf, newSender, requestFrom, type Sender, type Sending } from '../testing/senders.ts'
import { env, fetchWith, inboxRow, jobRows, seedConfig, signed, subscriptionEvent } from '../testing/stack.ts'

let slack: Sender
let getstream: Sender
let plain: Sender

beforeAll(async () => {
  slack = await newSender('slack', 'slack')
  getstream = await newSender('getstream', 'getstream')
  plain = await newSender('plain', {
    ...slack.preset,
    id: 'plain',
    verification: { scheme: 'token', from: [{ kind: 'header', name: 'x-token' }] },
    eventId: null,
    eventType: { kind: 'header', name: 'x-kind' },
    dedupe: { by: 'body' },
    bodyAuthenticated: false,
    handshakes: [],
    reply: { status: 200, body: { kind: 'result' } },
  })
  const config = configOf(slack, getstream, plain)
  const filtered = [
    { id: 'deploy', provider: 'slack', filter: "body.command = '/deploy'" },
    { id: 'clicked', provider: 'slack', filter: "type = 'block_actions'" },
    { id: 'words', provider: 'plain', filter: "$contains(body, 'paid')" },
  ].map((route) => ({ ...route, eventTypes: ['*'], input: '$' }))
  const routes = [...config.routes.filter(({ provider }) => provider === 'getstream'), ...filtered]
  await seedConfig({ ...config, routes })
})

async function gzip(bytes: Uint8Array<ArrayBuffer>, format: 'gzip' | 'deflate' = 'gzip'): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream(format))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** Sends it, and answers what was stored of it. */
async function kept(request: Request) {
  const response = await fetchWith(env, request)
  if (!response.ok) return { code: response.status }
  const text = await response.text()
  const row = text === '' ? await newestRow() : await inboxRow((JSON.parse(text) as { id: string }).id)
  const log = await env.DATA_00.prepare('SELECT data FROM event_log WHERE inbox_id = ?').bind(row?.id).first<string>('data')
  return {
    code: response.status,
    status: row?.status,
    row,
    body: row ? await readBody(row, env.PAYLOADS) : undefined,
    routes: (await jobRows(row?.id ?? '')).map(({ route }) => route),
    note: (JSON.parse(log ?? '{}') as { note?: string }).note,
  }
}

/** Of a sender that wants an empty answer. */
async function newestRow() {
  const id = await env.DATA_00.prepare('SELECT id FROM inbox ORDER BY id DESC LIMIT 1').first<string>('id')
  return inboxRow(id ?? '')
}

const fromPlain = (body: Sending['body'], contentType: string, kind = 'thing') =>
  requestFrom(plain, { body: body ?? '', contentType, headers: { 'x-kind': kind } })

describe('a compressed body', () => {
  for (const [encoding, format] of [
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'gzip'],
    ['deflate', 'deflate'],
  ] as const) {
    it(`in ${encoding}, signed as it came, is kept as it came and read for its type and routes`, async ({ expect }) => {
      const body = await gzip(subscriptionEvent({ id: `evt_${encoding}` }), format)
      const { row, body: stored, routes } = await kept(await signed(body, { headers: { 'content-encoding': encoding } }))
      expect(stored).toEqual(body)
      expect(row).toMatchObject({ eventId: `evt_${encoding}`, type: 'customer.subscription.updated', bodySize: body.length })
      expect(routes).toEqual(['stripe-subscriptions'])
    })
  }

  it('that was signed before it was compressed is believed where the sender does so', async ({ expect }) => {
    const plainBody = utf8('{"type":"message.new","id":"1"}')
    const body = await gzip(plainBody)
    const from = async (signedBytes: Uint8Array<ArrayBuffer>) => {
      const { headers } = await requestFrom(getstream, { body: signedBytes })
      const sent = { ...Object.fromEntries(headers), 'content-encoding': 'gzip', 'content-length': String(body.length) }
      return kept(bare('getstream', { headers: sent, body }))
    }
    const believed = await from(plainBody)
    expect([believed.code, believed.row?.type, believed.routes]).toEqual([200, 'message.new', ['getstream']])
    expect(believed.body).toEqual(body)
    expect((await from(body)).code).toBe(401)
    expect((await kept(await requestFrom(getstream, { body: plainBody.slice(1) }))).code).toBe(200)
  })

  it('that is damaged proves nothing where the content was signed', async ({ expect }) => {
    const broken = (await gzip(utf8('{"type":"message.new"}'))).slice(0, 20)
    const { headers } = await requestFrom(getstream, { body: '{"type":"message.new"}' })
    const sent = { ...Object.fromEntries(headers), 'content-encoding': 'gzip', 'content-length': '20' }
    expect((await kept(bare('getstream', { headers: sent, body: broken }))).code).toBe(401)
  })

  it('that is a bomb is kept as the few bytes it has, and not read', { timeout: 20_000 }, async ({ expect }) => {
    const bomb = await gzip(new Uint8Array(100_000_000))
    expect(bomb.length).toBeLessThan(200_000)
    const startedAt = Date.now()
    const { status, row, routes, note } = await kept(await signed(bomb, { headers: { 'content-encoding': 'gzip' } }))
    expect([status, row?.type, row?.bodySize, routes, note]).toEqual(['ignored', null, bomb.length, [], 'too_large_to_parse'])
    expect(Date.now() - startedAt).toBeLessThan(2_000)
    const headers = { 'content-encoding': 'gzip', 'x-signature': createHmac('sha256', 'x').update(bomb).digest('hex') }
    expect((await kept(bare('getstream', { headers, body: bomb }))).code).toBe(401)
  })

  it('in an encoding that we do not read is kept, and not read', async ({ expect }) => {
    for (const encoding of ['br', 'zstd', 'gzip, gzip', 'nonsense']) {
      const body = subscriptionEvent()
      const answer = await kept(await signed(body, { headers: { 'content-encoding': encoding } }))
      expect([answer.code, answer.status, answer.row?.type, answer.routes], encoding).toEqual([200, 'ignored', null, []])
      expect(answer.body).toEqual(body)
    }
  })
})

describe('a form', () => {
  const form = (fields: Record<string, string>) => ({
    body: new URLSearchParams(fields).toString(),
    contentType: 'application/x-www-form-urlencoded',
  })

  it('has its id, type and routes in its fields', async ({ expect }) => {
    const { code, row, routes } = await kept(
      await requestFrom(slack, form({ command: '/deploy', trigger_id: 't1', text: 'a b+c' })),
    )
    expect([code, row?.eventId, row?.type, routes]).toEqual([200, 't1', '/deploy', ['deploy']])
    expect(row?.body).toBe('command=%2Fdeploy&trigger_id=t1&text=a+b%2Bc')
  })

  it('with JSON in a field has them in there', async ({ expect }) => {
    const payload = JSON.stringify({ type: 'block_actions', trigger_id: 't2' })
    const { code, row, routes } = await kept(await requestFrom(slack, form({ payload })))
    expect([code, row?.eventId, row?.type, routes]).toEqual([200, 't2', 'block_actions', ['clicked']])
  })

  it('in several parts is kept to the byte, and read', async ({ expect }) => {
    const boundary = '----b'
    const part = (head: string) => utf8(`--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`)
    const file = new Uint8Array([0xff, 0x00, 0xfe, 0x0d, 0x0a, 0x80])
    const body = new Uint8Array([
      ...part('name="command"'),
      ...utf8('/deploy\r\n'),
      ...part('name="f"; filename="x.bin"'),
      ...file,
      ...utf8(`\r\n--${boundary}--\r\n`),
    ])
    const request = await requestFrom(slack, { body, contentType: `multipart/form-data; boundary=${boundary}` })
    const { code, row, body: stored, routes } = await kept(request)
    expect([code, row?.type, row?.bodyEncoding, routes]).toEqual([200, '/deploy', 'base64', ['deploy']])
    expect(stored).toEqual(body)
  })
})

describe('any other body is kept to the byte', () => {
  const bodies: [string, Uint8Array<ArrayBuffer>, string][] = [
    ['XML', utf8('<?xml version="1.0"?>\r\n<order state="paid">ü</order>\r\n'), 'application/xml'],
    ['text', utf8('paid in full\n'), 'text/plain'],
    ['text with a byte-order mark', utf8('\ufeffnothing'), 'text/plain'],
    ['text with NUL', utf8('a\0b'), 'text/plain'],
    ['bytes', crypto.getRandomValues(new Uint8Array(1_000)), 'application/octet-stream'],
    ['bytes that are said to be JSON', new Uint8Array([0xff, 0x7b, 0x7d]), 'application/json'],
    ['bytes that are said to be a form', new Uint8Array([0xff, 0x3d]), 'application/x-www-form-urlencoded'],
    ['JSON with odd spaces and digits', utf8('{ "n" : 1.0e2 ,\t"big":12345678901234567890 }\n'), 'application/json'],
    ['JSON that is said to be text', utf8('{"a":1}'), 'text/plain'],
    ['nothing of a type', utf8('x'), ''],
    ['nothing', new Uint8Array(), 'application/json'],
  ]
  for (const [name, body, contentType] of bodies) {
    it(`like ${name}`, async ({ expect }) => {
      const { code, row, body: stored, routes } = await kept(await fromPlain(body, contentType, name))
      expect([code, row?.type, row?.bodySize]).toEqual([200, name, body.length])
      expect(stored).toEqual(body)
      const text = new TextDecoder().decode(body)
      expect(routes).toEqual(text.includes('paid') ? ['words'] : [])
    })
  }
})
