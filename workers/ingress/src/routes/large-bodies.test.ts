import { createHash, createHmac } from 'node:crypto'
import { utf8 } from '@orchestrator/shared/core/bytes'
import type { Problem } from '@orchestrator/shared/http/problem'
import { beforeAll, beforeEach, describe, it } from 'vitest'
import type { Env } from '../env.ts'
import { answeringLate, failing, hanging } from '../testing/faults.ts'
import { bare, configOf, newSender, requestFrom, type Sender } from '../testing/senders.ts'
import { env, fetchWith, inboxRow, jobRows, seedConfig } from '../testing/stack.ts'

const MIB = 1_048_576

let github: Sender
let gitlab: Sender
let jira: Sender
let sendgrid: Sender

beforeAll(async () => {
  github = await newSender('github', 'github')
  gitlab = await newSender('gitlab', 'gitlab')
  jira = await newSender('jira', 'jira', { rateLimit: { limit: 1, perSeconds: 3_600 } })
  sendgrid = await newSender('sendgrid', 'sendgrid')
  await seedConfig(configOf(github, gitlab, jira, sendgrid))
})

beforeEach(async () => {
  for (const key of await payloads()) await env.PAYLOADS.delete(key)
})

async function payloads(): Promise<string[]> {
  const { objects } = await env.PAYLOADS.list({ prefix: 'payloads/' })
  return objects.map(({ key }) => key)
}

/** Bytes that no compression or text would leave alone, different for each seed. */
function noise(size: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  const words = new Uint32Array(bytes.buffer, 0, size >> 2)
  for (let i = 0, state = seed; i < words.length; i++) words[i] = state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return bytes
}

const secretOf = (sender: Sender) => sender.keys.configure ?? ''

/** A delivery of GitHub whose body comes in pieces. */
function push(
  body: Uint8Array<ArrayBuffer>,
  changes: { delivery?: string; secret?: string; stream?: ReadableStream } = {},
): Request {
  const { delivery = crypto.randomUUID(), secret = secretOf(github), stream = inPieces(body) } = changes
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  const headers = {
    'content-length': String(body.length),
    'content-type': 'application/json',
    'x-github-delivery': delivery,
    'x-github-event': 'push',
    'x-hub-signature-256': `sha256=${signature}`,
  }
  return bare('github', { headers, body: stream })
}

function inPieces(body: Uint8Array, size = 65_537): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= body.length) return controller.close()
      controller.enqueue(body.slice(at, at + size))
      at += size
    },
  })
}

async function accepted(request: Request, faults: Partial<Env> = {}) {
  const response = await fetchWith({ ...env, ...faults }, request)
  return { code: response.status, ...(await response.json<{ id: string; status: string }>()) }
}

const code = async (request: Request, faults: Partial<Env> = {}) => (await fetchWith({ ...env, ...faults }, request)).status

describe('a body that is too large to hold', () => {
  for (const size of [MIB + 1, 5 * MIB + 13, 25 * MIB]) {
    it(`of ${size} bytes is stored byte for byte, with what its headers say`, async ({ expect }) => {
      const body = noise(size, size)
      const { id, code: status, status: outcome } = await accepted(push(body, { delivery: `large-${size}` }))
      expect([status, outcome]).toEqual([200, 'ignored'])
      expect(await inboxRow(id)).toMatchObject({
        bodyEncoding: 'r2',
        body: `payloads/${id}`,
        bodySize: size,
        eventId: `large-${size}`,
        type: 'push',
      })
      const kept = await env.PAYLOADS.get(`payloads/${id}`)
      const hash = createHash('sha256').update(new Uint8Array((await kept?.arrayBuffer()) ?? new ArrayBuffer(0)))
      expect(hash.digest('hex')).toBe(createHash('sha256').update(body).digest('hex'))
      expect(await jobRows(id)).toEqual([])
      const log = await env.DATA_00.prepare('SELECT data FROM event_log WHERE inbox_id = ?').bind(id).first<string>('data')
      expect(JSON.parse(log ?? '')).toMatchObject({ eventType: 'push', note: 'too_large_to_parse' })
    })
  }

  it('is held and looked into up to 1 MiB exactly', async ({ expect }) => {
    const body = utf8(JSON.stringify({ filler: 'x'.repeat(MIB - 13) }))
    expect(body.length).toBe(MIB)
    expect(await accepted(push(body))).toMatchObject({ code: 200, status: 'accepted' })
  })

  it('again is a duplicate by its hash whatever its id, and leaves no second object', async ({ expect }) => {
    const body = noise(2 * MIB, 7)
    const first = await accepted(push(body))
    expect(await accepted(push(body))).toEqual({ code: 200, status: 'duplicate', id: first.id })
    expect(await payloads()).toEqual([`payloads/${first.id}`])
  })

  it('ten times at once is one, with one object', async ({ expect }) => {
    const body = noise(MIB + 100, 8)
    const answers = await Promise.all(Array.from({ length: 10 }, () => accepted(push(body))))
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
    expect(answers.filter(({ status }) => status === 'ignored')).toHaveLength(1)
    expect(await payloads()).toEqual([`payloads/${answers[0]?.id}`])
  })

  it('of a token sender is stored too, and one that was not believed is not read', async ({ expect }) => {
    const body = noise(3 * MIB, 9)
    const headers = { 'x-gitlab-event': 'Push Hook', 'idempotency-key': 'large' }
    const { id, code: status } = await accepted(await requestFrom(gitlab, { body, headers }))
    expect(status).toBe(200)
    expect(await inboxRow(id)).toMatchObject({ eventId: 'large', type: 'Push Hook', bodySize: body.length })
    let pulled = 0
    const stream = new ReadableStream<Uint8Array>(
      { pull: (controller) => controller.enqueue(new Uint8Array(MIB + 0 * ++pulled)) },
      { highWaterMark: 0 },
    )
    const unread = { 'content-length': String(20 * MIB), 'x-gitlab-token': 'wrong' }
    expect(await code(bare('gitlab', { headers: unread, body: stream }))).toBe(401)
    expect(pulled).toBeLessThanOrEqual(1)
    expect(await payloads()).toHaveLength(1)
  })
})

describe('a body that is too large to hold is refused', () => {
  it('with a bad signature, and its object is gone', async ({ expect }) => {
    expect(await code(push(noise(2 * MIB, 1), { secret: 'another' }))).toBe(401)
    expect(await payloads()).toEqual([])
  })

  it('beyond the rate limit, and its object is gone', async ({ expect }) => {
    expect(await code(await requestFrom(jira, { body: noise(2 * MIB, 2) }))).toBe(200)
    expect(await code(await requestFrom(jira, { body: noise(2 * MIB, 3) }))).toBe(429)
    expect(await payloads()).toHaveLength(1)
  })

  it('where its signature needs it whole, with what would be taken', async ({ expect }) => {
    const response = await fetchWith(env, await requestFrom(sendgrid, { body: noise(MIB + 1, 4) }))
    const problem = await response.json<Problem>()
    expect([response.status, problem.code]).toEqual([413, 'body_too_large'])
    expect(problem.detail).toContain(String(MIB))
  })

  it('when the connection breaks in the middle, with no object left', async ({ expect }) => {
    const body = noise(4 * MIB, 5)
    let sent = 0
    const breaking = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent >= 2 * MIB) return controller.error(new Error('connection reset'))
        controller.enqueue(body.slice(sent, sent + 65_536))
        sent += 65_536
      },
    })
    expect(await code(push(body, { stream: breaking }))).toBe(400)
    expect(await payloads()).toEqual([])
  })

  for (const [name, wrong] of [
    ['short of', -1],
    ['more than', 1],
  ] as const) {
    it(`when it is ${name} what Content-Length says, with no object left`, async ({ expect }) => {
      const body = noise(2 * MIB, 6)
      const request = push(body)
      request.headers.set('content-length', String(body.length - wrong))
      expect(await code(request)).toBe(400)
      expect(await payloads()).toEqual([])
    })
  }

  it('while R2 fails, or hangs: 503, so that the sender keeps it', { timeout: 20_000 }, async ({ expect }) => {
    for (const fault of [failing, hanging]) {
      const response = await fetchWith({ ...env, PAYLOADS: fault(env.PAYLOADS, 'put') }, push(noise(6 * MIB, 10)))
      expect([response.status, response.headers.get('retry-after')], fault.name).toEqual([503, '10'])
    }
    expect(await payloads()).toEqual([])
  })

  it('while R2 takes it and never says so: 503 in time, with no object left', { timeout: 20_000 }, async ({ expect }) => {
    const startedAt = Date.now()
    expect(await code(push(noise(2 * MIB, 12)), { PAYLOADS: answeringLate(env.PAYLOADS, 9_000, 'put') })).toBe(503)
    expect(Date.now() - startedAt).toBeLessThan(8_000)
    expect(await payloads()).toEqual([])
  })

  it('while R2 has it and DATA fails: not at all, the record waits in R2', async ({ expect }) => {
    const { id, code: status } = await accepted(push(noise(2 * MIB, 11)), { DATA_00: failing(env.DATA_00, 'batch') })
    expect(status).toBe(200)
    expect(await payloads()).toEqual([`payloads/${id}`])
    expect(await env.PAYLOADS.head(`fallback/${id}`)).not.toBeNull()
  })
})
