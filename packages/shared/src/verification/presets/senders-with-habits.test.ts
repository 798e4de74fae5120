import { describe, it } from 'vitest'
import type { Preset } from '../../contracts/preset.ts'
import { toBase64, utf8 } from '../../core/bytes.ts'
import { dedupeKeys } from '../../inbox/dedupe-keys.ts'
import { ADDRESS, outcome, signed, SIGNED_AT } from '../../testing/verify-signed.ts'
import { type EventSource, readEventFacts } from '../event-facts.ts'
import { parseBody } from '../parsed-body.ts'
import { findPreset } from './index.ts'

const JSON_TYPE = 'application/json'
const FORM = 'application/x-www-form-urlencoded'

function known(id: string): Preset {
  const preset = findPreset(id)
  if (preset === undefined) throw new Error(`there is no preset ${id}`)
  return preset
}

async function source(body: unknown, headers: Record<string, string> = {}, contentType = JSON_TYPE): Promise<EventSource> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { body: await parseBody(contentType, utf8(text)), headers: new Headers(headers), url: ADDRESS }
}

async function facts(id: string, ...given: Parameters<typeof source>) {
  const { eventId, type } = readEventFacts(known(id), await source(...given))
  return [eventId, type]
}

async function keys(id: string, bodyHash: string, ...given: Parameters<typeof source>) {
  const event = await source(...given)
  return dedupeKeys(known(id).dedupe, readEventFacts(known(id), event).eventId, event, () => bodyHash)
}

const meet = (one: string[], other: string[]) => one.some((key) => other.includes(key))

describe('the facts of an event are found', () => {
  it('in all three bodies of Slack', async ({ expect }) => {
    const event = { type: 'event_callback', event_id: 'Ev1', event: { type: 'app_mention' } }
    expect(await facts('slack', event)).toEqual(['Ev1', 'app_mention'])
    expect(await facts('slack', { type: 'url_verification' })).toEqual([null, 'url_verification'])
    const button = `payload=${encodeURIComponent('{"type":"block_actions","trigger_id":"1.2.a"}')}`
    expect(await facts('slack', button, {}, FORM)).toEqual(['1.2.a', 'block_actions'])
    expect(await facts('slack', 'command=%2Fdeploy&trigger_id=1.2.b&text=x', {}, FORM)).toEqual(['1.2.b', '/deploy'])
    expect(await facts('slack', 'payload=%7Bbroken', {}, FORM)).toEqual([null, null])
  })

  it('in GitHub’s forms, since they are in its headers', async ({ expect }) => {
    const headers = { 'x-github-delivery': 'd-1', 'x-github-event': 'push' }
    expect(await facts('github', 'payload=%7B%7D', headers, FORM)).toEqual(['d-1', 'push'])
  })

  it('in either mode of CloudEvents, and not in a batch', async ({ expect }) => {
    const headers = { 'ce-id': '1', 'ce-source': '/a', 'ce-type': 't' }
    expect(await facts('cloudevents', { id: 'x', source: 'y', type: 'z' }, headers)).toEqual(['/a 1', 't'])
    const structured = { specversion: '1.0', id: '1', source: '/b', type: 't' }
    expect(await facts('cloudevents', structured, {}, 'application/cloudevents+json')).toEqual(['/b 1', 't'])
    expect(await facts('cloudevents', [structured], {}, 'application/cloudevents-batch+json')).toEqual([null, null])
    expect(await facts('cloudevents', { id: '1', type: 't' })).toEqual([null, 't'])
  })

  it('in all that Meta sends', async ({ expect }) => {
    const change = (value: unknown) => ({ object: 'o', entry: [{ changes: [{ field: 'messages', value }] }] })
    expect(await facts('meta-whatsapp', change({ messages: [{ id: 'wamid.1' }] }))).toEqual(['wamid.1', 'messages'])
    const status = change({ statuses: [{ id: 'wamid.1', status: 'read' }] })
    expect(await facts('meta-whatsapp', status)).toEqual(['wamid.1 read', 'messages'])
    const messenger = { object: 'page', entry: [{ id: '1', time: 2, messaging: [{ message: { mid: 'm_1' } }] }] }
    expect(await facts('meta-whatsapp', messenger)).toEqual(['m_1', 'page'])
  })

  it('in all three formats of Auth0, as far as they are JSON', async ({ expect }) => {
    const entry = { log_id: '9', data: { type: 's' } }
    expect(await facts('auth0-log-stream', [entry, entry])).toEqual(['9', 's'])
    expect(await facts('auth0-log-stream', entry)).toEqual(['9', 's'])
    expect(await facts('auth0-log-stream', `${JSON.stringify(entry)}\n${JSON.stringify(entry)}`)).toEqual([null, null])
    expect(await facts('auth0-log-stream', { id: 'evt_1', type: 'user.created', data: {} })).toEqual(['evt_1', 'user.created'])
  })

  it('in whatever Telegram updates', async ({ expect }) => {
    expect(await facts('telegram', { update_id: 5, callback_query: {} })).toEqual(['5', 'callback_query'])
    expect(await facts('telegram', { update_id: 5 })).toEqual(['5', null])
  })

  it('in the records of Postmark and the forms of Mailchimp', async ({ expect }) => {
    expect(await facts('postmark', { RecordType: 'Delivery', MessageID: 'm-1' })).toEqual(['m-1', 'Delivery'])
    expect(await facts('mailchimp', 'type=unsubscribe&data%5Bid%5D=1', {}, FORM)).toEqual([null, 'unsubscribe'])
  })

  it('under either family of names at Shopify, Bitbucket and Svix', async ({ expect }) => {
    const events = { 'shopify-webhook-id': 'w', 'shopify-topic': 'Product' }
    expect(await facts('shopify', {}, events)).toEqual(['w', 'Product'])
    expect(await facts('bitbucket', {}, { 'x-request-id': 'r', 'x-event-key': 'repo:refs_changed' })).toEqual([
      'r',
      'repo:refs_changed',
    ])
    expect(await facts('svix', { eventType: 'a' }, { 'webhook-id': 'msg' })).toEqual(['msg', 'a'])
  })
})

describe('a delivery is a duplicate', () => {
  it('at GitHub when its id or its body was seen', async ({ expect }) => {
    const first = await keys('github', 'aa', {}, { 'x-github-delivery': 'd-1' })
    expect(meet(first, await keys('github', 'aa', {}, { 'x-github-delivery': 'd-2' }))).toBe(true)
    expect(meet(first, await keys('github', 'bb', {}, { 'x-github-delivery': 'd-1' }))).toBe(true)
    expect(meet(first, await keys('github', 'bb', {}, { 'x-github-delivery': 'd-2' }))).toBe(false)
  })

  it('at Shopify when body and topic were seen, whatever the ids say', async ({ expect }) => {
    const headers = (topic: string, id: string) => ({ 'x-shopify-topic': topic, 'x-shopify-event-id': id })
    const created = await keys('shopify', 'aa', {}, headers('orders/create', 'e-1'))
    expect(meet(created, await keys('shopify', 'aa', {}, headers('orders/create', 'e-2')))).toBe(true)
    expect(meet(created, await keys('shopify', 'aa', {}, headers('orders/paid', 'e-1')))).toBe(false)
    expect(meet(created, await keys('shopify', 'bb', {}, headers('orders/create', 'e-1')))).toBe(false)
  })

  it('at Bitbucket only under the same event key', async ({ expect }) => {
    const headers = (key: string) => ({ 'x-request-uuid': 'r', 'x-event-key': key })
    const first = await keys('bitbucket', 'aa', {}, headers('pullrequest:updated'))
    expect(meet(first, await keys('bitbucket', 'bb', {}, headers('pullrequest:updated')))).toBe(true)
    expect(meet(first, await keys('bitbucket', 'aa', {}, headers('pullrequest:fulfilled')))).toBe(false)
  })

  it('with CloudEvents by source and id, not by what was measured', async ({ expect }) => {
    const headers = (id: string) => ({ 'ce-id': id, 'ce-source': '/a', 'ce-type': 't' })
    const first = await keys('cloudevents', 'aa', {}, headers('1'))
    expect(meet(first, await keys('cloudevents', 'aa', {}, headers('2')))).toBe(false)
    expect(meet(first, await keys('cloudevents', 'bb', {}, headers('1')))).toBe(true)
  })

  it('at Meta and Postmark only when its body was seen, since ids are shared', async ({ expect }) => {
    const opened = { RecordType: 'Open', MessageID: 'm-1' }
    expect(meet(await keys('postmark', 'aa', opened), await keys('postmark', 'bb', opened))).toBe(false)
    const sent = { entry: [{ changes: [{ value: { messages: [{ id: 'wamid.1' }] } }] }] }
    expect(meet(await keys('meta-whatsapp', 'aa', sent), await keys('meta-whatsapp', 'bb', sent))).toBe(false)
  })
})

describe('a request is believed or refused', () => {
  it('by OpenAI’s secret decoded where it begins with whsec_, and as text where not', async ({ expect }) => {
    const [openai, anthropic] = [known('openai'), known('anthropic')]
    const id = { headers: { 'webhook-id': 'wh_1' } }
    const encoded = toBase64(utf8('a key of some length'))
    const decodedKey = await signed(openai, '{}', [`whsec_${encoded}`], id)
    const textKey = await signed(openai, '{}', [encoded], id)
    expect(await outcome(openai, decodedKey, [encoded])).toBe('no_match')
    expect(await outcome(openai, textKey, [encoded])).toBe('accepted')
    // Anthropic's library decodes it either way.
    expect(await outcome(anthropic, decodedKey, [encoded])).toBe('accepted')
    expect(await outcome(anthropic, textKey, [encoded])).toBe('no_match')
  })

  it('by a CloudEvents token in the header or the query, but not under another scheme', async ({ expect }) => {
    const cloudevents = known('cloudevents')
    const base = { url: ADDRESS, headers: {}, rawBody: utf8('{}') }
    const inHeader = (authorization: string) => outcome(cloudevents, { ...base, headers: { authorization } }, ['t0ken'])
    expect(await inHeader('Bearer t0ken')).toBe('accepted')
    expect(await inHeader('bearer t0ken')).toBe('accepted')
    expect(await inHeader('Bearer t0ken, Bearer t0ken')).toBe('no_match')
    expect(await inHeader('Bearer ')).not.toBe('accepted')
    expect(await inHeader('Basic t0ken')).toBe('missing_header')
    expect(await inHeader('t0ken')).toBe('missing_header')
    expect(await outcome(cloudevents, { ...base, url: `${ADDRESS}?access_token=t0ken` }, ['t0ken'])).toBe('accepted')
    expect(await outcome(cloudevents, { ...base, url: `${ADDRESS}?access_token=` }, ['t0ken'])).toBe('no_match')
    expect(await outcome(cloudevents, base, ['t0ken'])).toBe('missing_header')
    expect(await outcome(cloudevents, base, [''])).toBe('missing_header')
  })

  it('by the whole value of Authorization at Okta and Auth0', async ({ expect }) => {
    for (const id of ['okta', 'auth0-log-stream']) {
      const request = { url: ADDRESS, headers: { authorization: 'Bearer abc' }, rawBody: utf8('[]') }
      expect(await outcome(known(id), request, ['Bearer abc']), id).toBe('accepted')
      expect(await outcome(known(id), request, ['abc']), id).toBe('no_match')
    }
  })

  it('by the plain header names at Shopify, too', async ({ expect }) => {
    const { headers, ...request } = await signed(known('shopify'), '{"id":1}', ['client secret'])
    const renamed = { 'shopify-hmac-sha256': headers['x-shopify-hmac-sha256']! }
    expect(await outcome(known('shopify'), { ...request, headers: renamed }, ['client secret'])).toBe('accepted')
  })

  it('by Zoom’s time as long as Zoom tries again, and by Slack’s for five minutes', async ({ expect }) => {
    const after = async (id: string, seconds: number) =>
      outcome(known(id), await signed(known(id), '{}', ['secret']), ['secret'], { now: (SIGNED_AT + seconds) * 1000 })
    expect(await after('zoom', 86 * 60)).toBe('accepted')
    expect(await after('zoom', 7_201)).toBe('timestamp_too_old')
    expect(await after('slack', 300)).toBe('accepted')
    expect(await after('slack', 301)).toBe('timestamp_too_old')
    expect(await after('slack', -301)).toBe('timestamp_in_future')
  })
})

describe('the answer', () => {
  it('is empty where the sender would take a body for a message or a command', ({ expect }) => {
    for (const id of ['slack', 'telegram']) expect(known(id).reply, id).toEqual({ status: 200, body: { kind: 'empty' } })
  })

  it('says that a CloudEvent is accepted, not that it is worked', ({ expect }) => {
    expect(known('cloudevents').reply.status).toBe(202)
  })
})
