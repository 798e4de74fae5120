import { createHmac } from 'node:crypto'
import { describe, it } from 'vitest'
import { utf8 } from '../../../core/bytes.ts'
import { ADDRESS, outcome, SIGNED_AT } from '../../../testing/verify-signed.ts'
import { findPreset } from '../../presets/index.ts'
import { unescapeHtml } from './unescape-html.ts'

/** What the senders' own libraries refuse although every signature in it is right. */

const SECRET = 'a secret for tests'
const BODY = '{"id":"1"}'

function judge(id: string, headers: Record<string, string>, secret = SECRET) {
  const preset = findPreset(id)
  if (preset === undefined) throw new Error(`there is no preset ${id}`)
  return outcome(preset, { url: ADDRESS, headers, rawBody: utf8(BODY) }, [secret])
}

const hex = (text: string, key = SECRET) => createHmac('sha256', key).update(text).digest('hex')

describe('pairs in a header', () => {
  const t = String(SIGNED_AT)
  const v1 = hex(`${t}.${BODY}`)

  it('have no spaces around them', async ({ expect }) => {
    expect(await judge('mux', { 'mux-signature': `t=${t},v1=${v1}` })).toBe('accepted')
    for (const header of [`t=${t}, v1=${v1}`, `t = ${t},v1=${v1}`, `t=${t},v1= ${v1}`, `t=${t},v1 =${v1}`])
      expect(['malformed_header', 'no_match'], header).toContain(await judge('mux', { 'mux-signature': header }))
  })

  it('have them at WorkOS, or not', async ({ expect }) => {
    const ms = String(SIGNED_AT * 1000)
    const signature = hex(`${ms}.${BODY}`)
    for (const gap of ['', ' ', '  '])
      expect(await judge('workos', { 'workos-signature': `t=${ms},${gap}v1=${signature}` })).toBe('accepted')
  })

  it('are the time, one signature, and nothing else at Retell', async ({ expect }) => {
    const v = String(SIGNED_AT * 1000)
    const d = hex(BODY + v)
    expect(await judge('retell', { 'x-retell-signature': `v=${v},d=${d}` })).toBe('accepted')
    const others = [
      `d=${d},v=${v}`,
      `v=${v},d=${d},d=${d}`,
      `v=${v},v=${v},d=${d}`,
      `v=${v},x=1,d=${d}`,
      `v=${v}, d=${d}`,
      `v=${v},d=${d},`,
      `,v=${v},d=${d}`,
    ]
    for (const header of [...others, `d=${d}`, `v=${v}`])
      expect(await judge('retell', { 'x-retell-signature': header }), header).toBe('malformed_header')
  })
})

describe('a signed time', () => {
  it('has no zeros in front', async ({ expect }) => {
    for (const [time, reason] of [
      [String(SIGNED_AT), 'accepted'],
      [`0${SIGNED_AT}`, 'malformed_header'],
    ] as const)
      expect(await judge('mux', { 'mux-signature': `t=${time},v1=${hex(`${time}.${BODY}`)}` })).toBe(reason)
  })

  it('in milliseconds is judged by them, in both directions', async ({ expect }) => {
    for (const [offset, reason] of [
      [-300_000, 'accepted'],
      [-300_001, 'timestamp_too_old'],
      [300_000, 'accepted'],
      [300_001, 'timestamp_in_future'],
    ] as const) {
      const v = String(SIGNED_AT * 1000 + offset)
      expect(await judge('retell', { 'x-retell-signature': `v=${v},d=${hex(BODY + v)}` }), v).toBe(reason)
    }
  })

  it('without a zone is UTC at Orb, and of no other zone', async ({ expect }) => {
    const plain = new Date(SIGNED_AT * 1000).toISOString().slice(0, -1)
    const send = (time: string) => judge('orb', { 'x-orb-timestamp': time, 'x-orb-signature': `v1=${hex(`v1:${time}:${BODY}`)}` })
    for (const zone of ['', 'Z', '+00:00', '+0000']) expect(await send(plain + zone), zone).toBe('accepted')
    for (const zone of ['z', '-00:00', '+00', '+02:00', '-05:00', ' UTC', 'ZZ'])
      expect(await send(plain + zone), zone).toBe('malformed_header')
  })
})

describe('a signed header', () => {
  it('that is empty is missing', async ({ expect }) => {
    const signature = createHmac('sha256', 'key').update(`.${SIGNED_AT}.${BODY}`).digest('base64')
    const headers = { 'webhook-timestamp': String(SIGNED_AT), 'webhook-signature': `v1,${signature}` }
    expect(await judge('dodopayments', headers, 'whsec_a2V5')).toBe('missing_header')
    expect(await judge('dodopayments', { ...headers, 'webhook-id': '' }, 'whsec_a2V5')).toBe('missing_header')
  })
})

describe('the secret of WooCommerce', () => {
  it('is a key without its HTML escapes', async ({ expect }) => {
    const sign = (key: string) => ({ 'x-wc-webhook-signature': createHmac('sha256', key).update(BODY).digest('base64') })
    expect(await judge('woocommerce', sign('a & b'), 'a &amp; b')).toBe('accepted')
    expect(await judge('woocommerce', sign('a & b'), 'a & b')).toBe('accepted')
    expect(await judge('woocommerce', sign('a &amp; b'), 'a &amp; b')).toBe('no_match')
  })

  it('loses those that WordPress makes, once, and no other entity', ({ expect }) => {
    expect(unescapeHtml('&lt;&#60;&#060; &gt;&#0062; &amp;&#38;&#x26;&#X026; &quot;&#34;&#x22; &#39;&#039;&#x27;')).toBe(
      '<<< >> &&&& """ \'\'\'',
    )
    for (const text of ['&amp', '&nbsp;', '&apos;', '&#65;', '&#x3c;', '& ;', 'é€', '']) expect(unescapeHtml(text)).toBe(text)
    expect(unescapeHtml('&amp;lt;')).toBe('&lt;')
  })
})
