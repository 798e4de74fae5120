import { describe, it } from 'vitest'
import { utf8 } from '../../core/bytes.ts'
import { outcome, signed } from '../../testing/verify-signed.ts'
import { parseJson } from '../parsed-body.ts'
import { preset } from '../presets/adyen-payments.ts'
import { verify } from '../verify.ts'

const KEY = 'ab'.repeat(32)
const OTHER = 'cd'.repeat(32)

const PAYMENT = {
  pspReference: 'P1',
  originalReference: 'P0',
  merchantAccountCode: 'Account',
  merchantReference: 'order:1',
  amount: { value: 1000, currency: 'EUR' },
  eventCode: 'CAPTURE',
  success: 'true',
  reason: '',
}
type Item = Record<string, unknown>

async function signItems(items: Item[], secret = KEY): Promise<Item[]> {
  const list = items.map((item) => ({ NotificationRequestItem: item }))
  const { rawBody } = await signed(preset, JSON.stringify({ notificationItems: list }), [secret])
  const json = parseJson(rawBody) as { notificationItems: { NotificationRequestItem: Item }[] }
  return json.notificationItems.map((each) => each.NotificationRequestItem)
}

function judge(items: unknown, secrets = [KEY]) {
  const list = Array.isArray(items) ? items.map((item: unknown) => ({ NotificationRequestItem: item })) : items
  const rawBody = utf8(JSON.stringify({ notificationItems: list }))
  return outcome(preset, { url: 'https://in.example', headers: {}, rawBody }, secrets)
}

describe('Adyen’s signature of an item', () => {
  it('covers its eight fields and no others', async ({ expect }) => {
    const [item = {}] = await signItems([PAYMENT])
    expect(await judge([item])).toBe('accepted')
    expect(await judge([{ ...item, reason: 'other' }])).toBe('accepted')
    const changes: Item[] = [
      { pspReference: 'P2' },
      { originalReference: '' },
      { merchantAccountCode: 'Accounts' },
      { merchantReference: 'order:2' },
      { amount: { value: 1, currency: 'EUR' } },
      { amount: { value: 1000, currency: 'USD' } },
      { eventCode: 'REFUND' },
      { success: 'false' },
    ]
    for (const change of changes) expect(await judge([{ ...item, ...change }]), JSON.stringify(change)).toBe('no_match')
  })

  it('lets no colon pass from one field to the next', async ({ expect }) => {
    const [item = {}] = await signItems([PAYMENT])
    const shifted = { ...item, originalReference: 'P0:Account', merchantAccountCode: 'order', merchantReference: '1' }
    expect(await judge([shifted])).toBe('malformed_body')
    expect(await judge([{ ...item, merchantAccountCode: 'Account:order', merchantReference: '1' }])).toBe('malformed_body')
    expect(await judge([{ ...item, amount: { value: '1:1000', currency: 'EUR' }, merchantReference: 'order' }])).toBe(
      'malformed_body',
    )
  })

  it('must be there and right in every item, of which there must be one', async ({ expect }) => {
    const [one = {}, two = {}] = await signItems([PAYMENT, { ...PAYMENT, pspReference: 'P2', originalReference: undefined }])
    expect(await judge([one, two])).toBe('accepted')
    expect(await judge([one, { ...two, success: 'false' }])).toBe('no_match')
    expect(await judge([one, PAYMENT])).toBe('malformed_body')
    expect(await judge([one, null])).toBe('malformed_body')
    for (const none of [[], {}, 'x', null]) expect(await judge(none)).toBe('malformed_body')
  })

  it('may be under another secret in each item while the key is rolled', async ({ expect }) => {
    const [one] = await signItems([PAYMENT])
    const [two] = await signItems([{ ...PAYMENT, pspReference: 'P2' }], OTHER)
    expect(await judge([one, two], [OTHER, KEY])).toBe('accepted')
    expect(await judge([one, two], [KEY])).toBe('no_match')
  })

  it('tells a replay, however often and in whatever order its items come', async ({ expect }) => {
    const [a, b] = await signItems([PAYMENT, { ...PAYMENT, pspReference: 'P2' }])
    const claimed = async (...items: unknown[]) => {
      const rawBody = utf8(JSON.stringify({ notificationItems: items.map((item) => ({ NotificationRequestItem: item })) }))
      const base = { preset, method: 'POST', url: 'https://in.example', settings: {}, now: 0, fetchKey: async () => undefined }
      const secrets = [{ label: 'current' as const, secret: KEY }]
      const verdict = await verify({ ...base, headers: new Headers(), rawBody, secrets })
      return verdict.ok && verdict.value.claims
    }
    expect(await claimed(a, a, a)).toEqual(await claimed(a))
    expect(await claimed(b, a, b)).toEqual(await claimed(a, b))
    expect(await claimed(a)).not.toEqual(await claimed(b))
  })

  it('is base64 as Adyen writes it, and its key is hex to the last digit', async ({ expect }) => {
    const [item = {}] = await signItems([PAYMENT])
    const { hmacSignature } = item['additionalData'] as { hmacSignature: string }
    for (const text of [hmacSignature.replace(/=$/, ''), `${hmacSignature}\n`, 'A'.repeat(44)]) {
      expect(await judge([{ ...item, additionalData: { hmacSignature: text } }])).toBe('no_match')
    }
    for (const key of ['', `${KEY}zz`, KEY.slice(1), 'not hex']) expect(await judge([item], [key])).toBe('unusable_secret')
  })
})
