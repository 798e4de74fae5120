import { basicAuthValidator } from 'chargebee'
import { Bot, webhookCallback } from 'grammy'
import type { VendorCase } from './vendor-case.ts'
import { asFetchRequest, passes, post, withHeader } from './wire.ts'

/** Senders that show a credential and sign nothing. */

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString('base64')}`
}

const chargebeeUser = 'conformance'
const chargebeePassword = 'pass:with:colons'

const chargebee: VendorCase = {
  preset: 'chargebee',
  package: 'chargebee',
  note: 'Basic authentication: nothing of the body is signed',
  mode: 'vendor-verifies',
  secret: `${chargebeeUser}:${chargebeePassword}`,
  bodyAuthenticated: false,
  sampleBody: '{"id":"ev_1","occurred_at":1760000000,"object":"event","event_type":"subscription_created","content":{}}',
  sign: async ({ body, url }) => post({ body, url }, { Authorization: basic(`${chargebeeUser}:${chargebeePassword}`) }),
  vendorAccepts: (request) =>
    passes(() =>
      basicAuthValidator((user, password) => user === chargebeeUser && password === chargebeePassword)(request.headers),
    ),
  tamper: (request) => withHeader(request, 'Authorization', basic(`${chargebeeUser}:Pass:with:colons`)),
}

const telegramToken = 'conformance_secret-token_1'

// Telegram offers no package; grammY is the framework of its bots that checks the header.
const bot = new Bot('1:conformance', {
  botInfo: {
    id: 1,
    is_bot: true,
    first_name: 'Conformance',
    username: 'conformance_bot',
    can_join_groups: false,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
    can_manage_bots: false,
    supports_join_request_queries: false,
  },
})
const telegramCallback = webhookCallback(bot, 'std/http', { secretToken: telegramToken })

const telegram: VendorCase = {
  preset: 'telegram',
  package: 'grammy',
  thirdParty: true,
  note: "not Telegram's own package; a shared token: nothing of the body is signed",
  mode: 'vendor-verifies',
  secret: telegramToken,
  bodyAuthenticated: false,
  sampleBody: '{"update_id":10000,"message":{"message_id":1365,"date":1760000000,"chat":{"id":1,"type":"private"},"text":"hi"}}',
  sign: async ({ body, url }) => post({ body, url }, { 'X-Telegram-Bot-Api-Secret-Token': telegramToken }),
  vendorAccepts: async (request) => (await telegramCallback(asFetchRequest(request))).status === 200,
  tamper: (request) => withHeader(request, 'X-Telegram-Bot-Api-Secret-Token', 'conformance_secret-token_2'),
}

export const sharedTokenCases = [chargebee, telegram]
