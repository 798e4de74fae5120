/**
 * Braintree: a form with `bt_payload` (base64 of the event's XML, line breaks included) and `bt_signature`, pairs of
 * `{public key}|{hex}` joined with `&`. The hex is an HMAC-SHA1 of the payload's text under the SHA-1 of the private key. Only pairs
 * with our public key count. https://developer.paypal.com/braintree/docs/guides/webhooks/parse
 *
 * The secret is the private key; the setting `publicKey` says which key it belongs to.
 */
import { createHash, createHmac } from 'node:crypto'
import type { CodeScheme } from '../../contracts/preset.ts'
import { decodeUtf8, fromBase64, sha256Hex, toBase64 } from '../../core/bytes.ts'
import { err, ok } from '../../core/result.ts'
import type { ProviderSettings, Scheme, Sign } from '../types.ts'
import { onlyField, readUrlEncoded, urlEncoded } from './form.ts'
import { explainMatch, matchSecret, signingSecret } from './secret-match.ts'
import { parseTimestamp } from './signature/timestamps.ts'

const PAYLOAD = 'bt_payload'
const SIGNATURE = 'bt_signature'
const FORM = 'application/x-www-form-urlencoded'
/** What base64 with line breaks is written in. A `+` that came as a space shows a sender that does not escape its form. */
const BASE64_LINES = /^[A-Za-z0-9+/=\n]+$/
const LINE_LENGTH = 60
const NOTIFICATION = /^\s*(<\?xml[^<>]*\?>\s*)?<notification[\s>]/

export const braintree: Scheme<CodeScheme> = {
  async verify(_, input) {
    const { explain, now } = input
    const form = readUrlEncoded(input.headers.get('content-type'), input.rawBody)
    const payload = form && onlyField(form, PAYLOAD)
    const pairs = form && onlyField(form, SIGNATURE)
    const wellFormed = payload !== undefined && pairs !== undefined && BASE64_LINES.test(payload)
    explain(`The body is a form with ${PAYLOAD} and ${SIGNATURE}`, wellFormed)
    if (!wellFormed) return err('malformed_body')
    const publicKeys = configuredKeys(input.settings)
    if (publicKeys.length === 0) return err('unusable_secret')
    const given = signaturesOf(pairs, publicKeys)
    explain('A signature is under our public key', given.length > 0)
    if (given.length === 0) return err('unknown_key')
    // Form parsers may cut the line break off that ends the payload.
    const match = matchSecret(input, given, (secret) => [hmac(secret, payload), hmac(secret, `${payload}\n`)])
    explainMatch(input, match)
    if (!match.ok) return match
    const notification = readNotification(payload)
    explain('The payload is a notification', notification !== undefined)
    if (notification === undefined) return err('malformed_body')
    const { kind, timestamp } = notification
    const claims = { signed: await sha256Hex(payload.trimEnd()), ...(kind !== undefined && { kind }) }
    const ageSeconds = timestamp === null ? null : Math.floor(now / 1000) - timestamp
    return ok({ scheme: 'braintree', secret: match.value.label, timestamp, ageSeconds, claims })
  },

  proofHeaders: () => [],
  proofInBody: () => true,
}

/** `rawBody` is the XML of the notification. */
export const signBraintree: Sign<CodeScheme> = async (_, { url, headers, rawBody, secrets, settings }) => {
  const publicKeys = configuredKeys(settings)
  signingSecret(secrets)
  if (publicKeys.length === 0) throw new Error('signing needs the public key')
  const payload = toBase64(rawBody).replace(new RegExp(`.{1,${LINE_LENGTH}}`, 'g'), '$&\n')
  const pairs = secrets.map((secret, i) => `${publicKeys[i] ?? publicKeys[0]}|${hmac(secret, payload)}`)
  const body = urlEncoded([
    [SIGNATURE, pairs.join('&')],
    [PAYLOAD, payload],
  ])
  return { url, headers: { ...headers, 'content-type': FORM }, rawBody: body }
}

function configuredKeys({ publicKey }: ProviderSettings): string[] {
  return [publicKey ?? []].flat().filter((key) => key !== '')
}

/** The signatures under our keys: of several under one key the first. */
function signaturesOf(pairs: string, publicKeys: readonly string[]): string[] {
  const byKey = new Map<string, string>()
  for (const pair of pairs.split('&')) {
    const [publicKey = '', signature = '', ...more] = pair.split('|')
    if (signature !== '' && more.length === 0 && !byKey.has(publicKey)) byKey.set(publicKey, signature)
  }
  return publicKeys.flatMap((key) => byKey.get(key) ?? [])
}

function hmac(privateKey: string, payload: string): string | undefined {
  if (privateKey === '') return undefined
  const key = createHash('sha1').update(privateKey).digest()
  return createHmac('sha1', key).update(payload).digest('hex')
}

/**
 * Kind and time of the notification; `undefined` for XML of another kind, which no library of Braintree's takes. It is verified
 * before, and both stand ahead of the subject, in elements without children: no parser is needed, and entities are never resolved.
 */
function readNotification(payload: string): { kind: string | undefined; timestamp: number | null } | undefined {
  const bytes = fromBase64(payload.replaceAll('\n', ''))
  const xml = (bytes && decodeUtf8(bytes)) ?? ''
  if (!NOTIFICATION.test(xml)) return undefined
  const [head = ''] = xml.split('<subject', 1)
  const kind = /<kind>\s*([a-z0-9_]{1,100})\s*<\/kind>/.exec(head)?.[1]
  const time = /<timestamp[^<>]*>\s*([^<>\s]{1,40})\s*<\/timestamp>/.exec(head)?.[1]
  return { kind, timestamp: (time !== undefined && parseTimestamp(time, 'iso')) || null }
}
