import { describe, it } from 'vitest'
import type { Preset } from '../../contracts/preset.ts'
import { toBase64, utf8 } from '../../core/bytes.ts'
import { dedupeKeys } from '../../inbox/dedupe-keys.ts'
import { readEventFacts } from '../event-facts.ts'
import { parseBody } from '../parsed-body.ts'
import { sign } from '../sign.ts'
import { verify } from '../verify.ts'
import { findSenderNotes } from './guides.ts'
import { findPreset } from './index.ts'

const AT = 1_760_000_000
const URL = 'https://ingress.example.test/webhooks/sender'
const SECRET = toBase64(utf8('a secret that is base64 too, for those who decode it'))

/** What stands in each sample: the event's id and its type. */
const senders: Record<string, [eventId: string | null, type: string | null]> = {
  airtable: [null, null],
  asana: [null, 'task.changed'],
  calendly: [null, 'invitee.created'],
  circleci: ['3888f21b-eaa7-38e3-8f3d-75a63bba8895', 'workflow-completed'],
  dropbox: [null, null],
  elevenlabs: [null, 'post_call_transcription'],
  gocardless: ['EV_TEST_1', 'payments.confirmed'],
  heroku: ['22222222-0000-4000-8000-000000000002', 'api:release'],
  intercom: ['notif_test_1', 'conversation.user.created'],
  jira: ['0b1f7c1e-6a52-4c55-9d5f-2f4f4b1f0a01', 'jira:issue_updated'],
  line: ['01TESTEVENT00000000000000A', 'message'],
  'modern-treasury': ['00000000-1111-4000-8000-000000000001', 'payment_order.completed'],
  mollie: ['event_test_1', 'payment-link.paid'],
  mux: ['3a56ac3d-33da-4366-855b-f592d898409d', 'video.asset.ready'],
  notion: ['367cba44-b6f3-4c92-81e7-6a2e9659efd4', 'page.content_updated'],
  'paddle-billing': ['evt_test_1', 'subscription.updated'],
  pagerduty: ['01TESTEVENT0000000000000000', 'incident.triggered'],
  quickbooks: [null, 'Customer.Create'],
  sentry: ['8c2ac5b0-1111-4000-8000-000000000001', 'issue.created'],
  'twitch-eventsub': ['e76c6bd4-55c9-4987-8304-da1588d8988b', 'channel.follow'],
  typeform: ['01TESTEVENT', 'form_response'],
  vercel: ['uev_test_1', 'deployment.created'],
  viber: ['5741311803571721087', 'message'],
  woocommerce: ['8f14e45fceea167a5a36dedd4bea2543', 'order.created'],
  workos: ['event_test_1', 'user.created'],
  'x-twitter': [null, 'tweet_create_events'],
  xero: [null, 'CONTACT.UPDATE'],
  zendesk: ['cbe4028c-7239-495d-b020-f22348516046', 'zen:event-type:ticket.created'],
}

function known(id: string): Preset {
  const preset = findPreset(id)
  if (preset === undefined) throw new Error(`there is no preset ${id}`)
  return preset
}

async function source(body: string, headers: Record<string, string> = {}) {
  return { body: await parseBody('application/json', utf8(body)), headers: new Headers(headers), url: URL }
}

async function factsOf(id: string, body: unknown, headers?: Record<string, string>) {
  return readEventFacts(known(id), await source(JSON.stringify(body), headers))
}

describe('a sample of', () => {
  for (const [id, [eventId, type]] of Object.entries(senders)) {
    it(`${id} is believed once it is signed, but not with one byte changed, and its facts are found`, async ({ expect }) => {
      const preset = known(id)
      const { sample } = findSenderNotes(id)!
      const { contentType, headers } = sample
      const rawBody = utf8(sample.body)
      const settings = {}
      const request = { preset, method: 'POST', url: URL, rawBody, settings }
      const signed = await sign({ ...request, contentType, headers, secrets: [SECRET], timestamp: AT })
      const input = {
        ...request,
        headers: new Headers(signed.headers),
        secrets: [{ label: 'current' as const, secret: SECRET }],
        now: (AT + 3) * 1000,
        fetchKey: async () => undefined,
      }
      expect((await verify(input)).ok).toBe(true)
      const changed = rawBody.slice()
      changed[3]! ^= 1
      expect(await verify({ ...input, rawBody: changed })).toEqual({ ok: false, error: 'no_match' })
      expect(readEventFacts(preset, await source(sample.body, signed.headers))).toEqual({ eventId, type })
    })
  }
})

describe('what is special about', () => {
  it('Twitch: messages that are no notifications are types of their own', async ({ expect }) => {
    const headers = { 'twitch-eventsub-message-type': 'revocation', 'twitch-eventsub-subscription-type': 'channel.follow' }
    const body = { subscription: { type: 'channel.follow', status: 'authorization_revoked' } }
    expect(await factsOf('twitch-eventsub', body, headers)).toMatchObject({ type: 'revocation' })
  })

  it('Sentry: a resource without an action is a type too', async ({ expect }) => {
    expect(await factsOf('sentry', {}, { 'sentry-hook-resource': 'installation' })).toEqual({
      eventId: null,
      type: 'installation',
    })
  })

  it('QuickBooks: the newer bodies are CloudEvents', async ({ expect }) => {
    const facts = await factsOf('quickbooks', [{ id: 'ce_1', type: 'qbo.customer.created.v1' }])
    expect(facts).toEqual({ eventId: 'ce_1', type: 'qbo.customer.created.v1' })
  })

  it('X: what is about the delivery is no type', async ({ expect }) => {
    expect(await factsOf('x-twitter', { for_user_id: '1', users: {}, direct_message_events: [] })).toMatchObject({
      type: 'direct_message_events',
    })
    expect(await factsOf('x-twitter', { data: { event_type: 'profile.update.bio' } })).toMatchObject({
      type: 'profile.update.bio',
    })
  })

  it('Zendesk: an id in a trigger’s body is not the event’s, so two updates of a ticket are two events', async ({ expect }) => {
    const { dedupe } = known('zendesk')
    const update = await source('{"id":"5158","status":"open"}')
    expect(dedupeKeys(dedupe, '5158', update, () => 'aa')).toEqual(['sha256:aa'])
    const event = await source('{"account_id":1,"type":"zen:event-type:ticket.created","id":"e1"}')
    expect(dedupeKeys(dedupe, 'e1', event, () => 'bb')).toEqual(dedupeKeys(dedupe, 'e1', event, () => 'cc'))
  })

  it('Viber: a message and what became of it share a token, and are not the same', async ({ expect }) => {
    const { dedupe } = known('viber')
    const delivered = await source('{"event":"delivered","message_token":5741311803571721087}')
    expect(dedupeKeys(dedupe, '5741311803571721087', delivered, () => 'aa')).toEqual(['sha256:aa'])
  })

  it('Dropbox: equal bodies are the same event for a moment only', ({ expect }) => {
    expect(known('dropbox').dedupe).toEqual({ by: 'body', windowMs: 1_000 })
  })

  it('GoCardless and Xero: the answer to a wrong signature is the one they ask for', ({ expect }) => {
    expect(known('gocardless').refusal).toEqual({ status: 498, empty: false })
    expect(known('xero').refusal).toEqual({ status: 401, empty: true })
  })
})
