/**
 * Adyen's standard notifications: each item of the JSON body carries, in `additionalData.hmacSignature`, the base64 HMAC-SHA256 of
 * eight of its fields, joined with `:` as they are. The key is hex. The rest of an item is not covered.
 * https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures/
 *
 * Adyen escapes nothing, so a `:` could be shifted from one field to the next. Only the merchant's reference may hold one, then:
 * the others must look as Adyen writes them.
 */
import type { CodeScheme } from '../../contracts/preset.ts'
import { sha256Hex, utf8 } from '../../core/bytes.ts'
import { err, ok } from '../../core/result.ts'
import { readPath } from '../event-facts.ts'
import { parseJson } from '../parsed-body.ts'
import type { Scheme, Sign, SigningSecret } from '../types.ts'
import { keyedText, matchSecret, signingSecret } from './secret-match.ts'

const WRITTEN = { hash: 'SHA-256', encoding: 'base64', key: { encoding: 'hex' } } as const
const WITHOUT_COLON = /^[^:]*$/
/** The signed fields in their order, and what each may look like. */
const FIELDS: readonly (readonly [path: string, form: RegExp])[] = [
  ['pspReference', /^[^:]+$/],
  ['originalReference', WITHOUT_COLON],
  ['merchantAccountCode', WITHOUT_COLON],
  ['merchantReference', /^/],
  ['amount.value', /^-?\d+$/],
  ['amount.currency', /^([A-Z]{3})?$/],
  ['eventCode', /^[A-Z0-9_]+$/],
  ['success', /^(true|false)$/],
]

interface Item {
  content: string
  signature: string
}

export const adyenPayments: Scheme<CodeScheme> = {
  async verify(_, input) {
    const items = readItems(parseJson(input.rawBody))
    input.explain('The body holds items, and each of them its signature', items !== undefined)
    if (items === undefined) return err('malformed_body')
    const matched: SigningSecret[] = []
    for (const { content, signature } of items) {
      const match = matchSecret(input, [signature], (secret) => [keyedText(WRITTEN, secret, content)])
      if (!match.ok) {
        input.explain('The signature of every item matches', false, match.error)
        return match
      }
      matched.push(match.value)
    }
    const secret = matched.some(({ label }) => label === 'previous') ? 'previous' : 'current'
    input.explain('The signature of every item matches', true, `under the ${secret} secret`)
    // Most of the body is not signed: what is signed tells a replay, whatever surrounds it, however often and in whatever order.
    const contents = [...new Set(items.map(({ content }) => content))].toSorted()
    const claims = { signed: await sha256Hex(JSON.stringify(contents)) }
    return ok({ scheme: 'adyen-payments', secret, timestamp: null, ageSeconds: null, claims })
  },

  proofHeaders: () => [],
  proofInBody: () => true,
}

export const signAdyenPayments: Sign<CodeScheme> = async (_, { url, headers, rawBody, secrets }) => {
  const json = parseJson(rawBody)
  const secret = signingSecret(secrets)
  for (const item of itemsOf(json) ?? []) {
    const content = contentOf(item)
    const hmacSignature = content === undefined ? undefined : keyedText(WRITTEN, secret, content)
    if (hmacSignature === undefined) throw new Error('signing needs a hex key and the eight fields of an item')
    item['additionalData'] = { ...(item['additionalData'] as object | undefined), hmacSignature }
  }
  return { url, headers: { ...headers }, rawBody: utf8(JSON.stringify(json)) }
}

/** Every item with its signature; `undefined` where there is no item, or one that is not as it should be. */
function readItems(json: unknown): Item[] | undefined {
  const items: Item[] = []
  for (const item of itemsOf(json) ?? []) {
    const signature = readPath(item, 'additionalData.hmacSignature')
    const content = typeof signature === 'string' && signature !== '' ? contentOf(item) : undefined
    if (content === undefined) return undefined
    items.push({ content, signature: signature as string })
  }
  return items.length > 0 ? items : undefined
}

function itemsOf(json: unknown): Record<string, unknown>[] | undefined {
  const list = readPath(json, 'notificationItems')
  if (!Array.isArray(list)) return undefined
  // What is no item is an empty one, which cannot be signed.
  return list.map((each) => {
    const item = readPath(each, 'NotificationRequestItem')
    return item !== null && typeof item === 'object' ? (item as Record<string, unknown>) : {}
  })
}

function contentOf(item: Record<string, unknown>): string | undefined {
  const texts = FIELDS.map(([path, form]) => {
    const value = readPath(item, path) ?? ''
    const isText =
      typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isSafeInteger(value))
    return isText && form.test(String(value)) ? String(value) : undefined
  })
  return texts.includes(undefined) ? undefined : texts.join(':')
}
