import { dataDb } from '@orchestrator/shared/db/data-db'
import {
  fallbackKey,
  restoreFallbackObject,
  restoreFallbackText,
  type RestoreDeps,
} from '@orchestrator/shared/inbox/restore-accepted'
import { findSenderNotes } from '@orchestrator/shared/verification/presets/guides'
import { PRESETS } from '@orchestrator/shared/verification/presets/index'
import { afterAll, beforeAll, describe, it, vi } from 'vitest'
import type { Env } from '../env.ts'
import { failing, watched } from '../testing/faults.ts'
import { bare, configOf, newSender, requestFrom, type Sender, type Sending } from '../testing/senders.ts'
import { env, fetchWith, jobRows, seedConfig } from '../testing/stack.ts'

/** Every sender that we ship, each with keys of its own. */
const senders = new Map<string, Sender>()

/** Whose keys are asked for right now. */
let current: Sender | undefined

beforeAll(async () => {
  for (const { id } of PRESETS) senders.set(id, await newSender(addressOf(id), id))
  await seedConfig(configOf(...senders.values()))
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    if (url.includes('ConfirmSubscription')) return new Response('<ok/>')
    const body = typeof init?.body === 'string' ? { body: init.body } : {}
    const answer = await current?.keys.fetchKey({ url, ...body })
    return new Response(answer ?? null, { status: typeof answer === 'string' ? 200 : 404 })
  })
}, 30_000)
afterAll(() => vi.restoreAllMocks())

/** Not the provider's that every test has. */
const addressOf = (id: string) => `at-${id}`
const senderOf = (id: string) => senders.get(id)!

/** Asks a cold isolate, so that the keys of others are not in its cache. */
async function ask(sender: Sender, faults: Partial<Env>, request: Request): Promise<Response> {
  current = sender
  return fetchWith({ ...env, ...faults }, request)
}

async function sampleOf(sender: Sender): Promise<Request> {
  const { sample } = findSenderNotes(sender.preset.id)!
  const query = sample.query === undefined ? {} : { query: `?${sample.query}` }
  return requestFrom(sender, { body: sample.body, contentType: sample.contentType, headers: sample.headers, ...query })
}

const messages: unknown[][] = []
const OUTAGES: Record<string, Partial<Env>> = {
  DATA: { DATA_00: failing(env.DATA_00, 'batch', 'prepare') },
  'DATA and R2': {
    DATA_00: failing(env.DATA_00, 'batch', 'prepare'),
    PAYLOADS: failing(env.PAYLOADS, 'put'),
    WEBHOOK_QUEUE: watched(env.WEBHOOK_QUEUE, messages, 'send'),
  },
  'R2 and CONTROL_DB': { PAYLOADS: failing(env.PAYLOADS, 'put'), CONTROL_DB: failing(env.CONTROL_DB, 'prepare', 'batch') },
  'the queues': { WEBHOOK_QUEUE: failing(env.WEBHOOK_QUEUE, 'send', 'sendBatch') },
}

const restoreDeps: RestoreDeps = {
  dbOf: (id) => dataDb(env, id),
  bucket: env.PAYLOADS,
  sendJobs: async () => undefined,
  now: Date.now,
}

/** What DATA has of a provider's webhooks, and then nothing of them. */
async function takeStored(provider: string): Promise<{ rows: number; jobs: number }> {
  const { results } = await env.DATA_00.prepare('SELECT id FROM inbox WHERE provider = ?').bind(provider).all<{ id: string }>()
  const jobs = (await Promise.all(results.map(({ id }) => jobRows(id)))).flat().length
  await env.DATA_00.batch([
    env.DATA_00.prepare('DELETE FROM jobs WHERE provider = ?').bind(provider),
    env.DATA_00.prepare('DELETE FROM dedupe WHERE provider = ?').bind(provider),
    env.DATA_00.prepare('DELETE FROM inbox WHERE provider = ?').bind(provider),
  ])
  return { rows: results.length, jobs }
}

/** Brings in what waits elsewhere, twice. */
async function restoreAll(): Promise<void> {
  for (let times = 0; times < 2; times++) {
    for (const [message] of messages as [{ kind: string; record: string }][])
      if (message.kind === 'fallback-webhook') await restoreFallbackText(restoreDeps, message.record)
    for (const { key } of (await env.PAYLOADS.list({ prefix: fallbackKey('') })).objects)
      await restoreFallbackObject(restoreDeps, key)
  }
  messages.length = 0
}

describe('an event of any sender', () => {
  for (const [name, faults] of Object.entries(OUTAGES)) {
    it(`that comes while ${name} fail is acknowledged, and stored once`, { timeout: 60_000 }, async ({ expect }) => {
      for (const sender of senders.values()) {
        const request = await sampleOf(sender)
        const response = await ask(sender, faults, request)
        expect(response.status, sender.provider).toBe(sender.preset.reply.status)
        await restoreAll()
        expect(await takeStored(sender.provider), sender.provider).toEqual({ rows: 1, jobs: 1 })
      }
    })
  }
})

describe('a handshake that needs nothing durable', () => {
  const signedBy = (id: string, sending: Sending) => () => requestFrom(senderOf(id), sending)
  const get = (id: string, query = '', headers: Record<string, string> = {}) =>
    bare(addressOf(id), { method: 'GET', query, headers })
  const json = (body: unknown) => JSON.stringify(body)
  const validation = [{ eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', data: { validationCode: 'v1' } }]
  const questions: [id: string, () => Request | Promise<Request>, status: number, answer: string | RegExp][] = [
    ['slack', signedBy('slack', { body: json({ type: 'url_verification', challenge: 'c1' }) }), 200, 'c1'],
    ['meta-whatsapp', () => get('meta-whatsapp', metaQuery()), 200, '1158'],
    ['x-twitter', () => get('x-twitter', '?crc_token=abc'), 200, /"response_token":"sha256=/],
    ['zoom', signedBy('zoom', { body: json({ event: 'endpoint.url_validation', payload: { plainToken: 'p' } }) }), 200, /"p"/],
    ['microsoft-graph', () => bare(addressOf('microsoft-graph'), { query: '?validationToken=t1' }), 200, 't1'],
    ['dropbox', () => get('dropbox', '?challenge=d1'), 200, 'd1'],
    ['discord', signedBy('discord', { body: json({ type: 0 }) }), 204, ''],
    ['okta', () => get('okta', '', { 'x-okta-verification-challenge': 'o1' }), 200, '{"verification":"o1"}'],
    ['mandrill', () => bare(addressOf('mandrill'), { method: 'HEAD' }), 200, ''],
    ['mailchimp', () => get('mailchimp'), 200, ''],
    ['intercom', () => bare(addressOf('intercom'), { method: 'HEAD' }), 200, ''],
    ['azure-event-grid', signedBy('azure-event-grid', { body: json(validation) }), 200, '{"validationResponse":"v1"}'],
    ['twitch-eventsub', twitch, 200, 't1'],
    [
      'cloudevents',
      () => bare(addressOf('cloudevents'), { method: 'OPTIONS', headers: { 'webhook-request-origin': 'a.example' } }),
      200,
      '',
    ],
    ['braintree', () => get('braintree', '?bt_challenge=20f9f8ed05f77439fe955c977e4c8a53'), 200, /\|[0-9a-f]{40}$/],
    ['woocommerce', woocommerce, 200, ''],
  ]

  function metaQuery(): string {
    const token = encodeURIComponent(String(senderOf('meta-whatsapp').keys.settings['verifyToken']))
    return `?hub.mode=subscribe&hub.challenge=1158&hub.verify_token=${token}`
  }

  async function twitch(): Promise<Request> {
    const type = 'webhook_callback_verification'
    const headers = { 'twitch-eventsub-message-id': 'm1', 'twitch-eventsub-message-type': type }
    return requestFrom(senderOf('twitch-eventsub'), { body: json({ challenge: 't1' }), headers })
  }

  function woocommerce(): Request {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return bare(addressOf('woocommerce'), { headers, body: 'webhook_id=12' })
  }

  const everythingIsDown: Partial<Env> = {
    DATA_00: failing(env.DATA_00, 'batch', 'prepare'),
    DATA_01: failing(env.DATA_01, 'batch', 'prepare'),
    PAYLOADS: failing(env.PAYLOADS, 'put', 'get', 'head', 'delete'),
    WEBHOOK_QUEUE: failing(env.WEBHOOK_QUEUE, 'send', 'sendBatch'),
  }

  for (const [id, question, status, answer] of questions) {
    it(`of ${id} is answered while DATA, R2 and the queues are down`, async ({ expect }) => {
      const response = await ask(senderOf(id), everythingIsDown, await question())
      expect(response.status).toBe(status)
      const text = await response.text()
      if (typeof answer === 'string') expect(text).toBe(answer)
      else expect(text).toMatch(answer)
    })
  }
})
