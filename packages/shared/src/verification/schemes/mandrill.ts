/**
 * Mandrill: base64 HMAC-SHA1 under the webhook's key, over the address exactly as registered and each POST field's name and
 * value, sorted by name. https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/#authenticating-webhook-requests
 */
import type { CodeScheme } from '../../contracts/preset.ts'
import { sha256Hex } from '../../core/bytes.ts'
import { err, ok } from '../../core/result.ts'
import type { Scheme, Sign } from '../types.ts'
import { type Fields, readUrlEncoded, repeatsNames } from './form.ts'
import { explainMatch, keyedText, matchSecret, signingSecret } from './secret-match.ts'

const HEADER = 'x-mandrill-signature'
const WRITTEN = { hash: 'SHA-1', encoding: 'base64' } as const

export const mandrill: Scheme<CodeScheme> = {
  async verify(_, input) {
    const given = input.headers.get(HEADER)
    input.explain(`A signature is in ${HEADER}`, Boolean(given))
    if (given === null) return err('missing_header')
    if (given === '') return err('malformed_header')
    const form = readUrlEncoded(input.headers.get('content-type'), input.rawBody)
    const wellFormed = form !== undefined && !repeatsNames(form)
    input.explain('The body is a form', wellFormed)
    if (!wellFormed) return err('malformed_body')
    const content = signedContent(input.url, form)
    const match = matchSecret(input, [given], (secret) => [keyedText(WRITTEN, secret, content)])
    explainMatch(input, match)
    if (!match.ok) return match
    // The form's spelling is not signed: what is signed tells a replay, however it is written.
    const claims = { signed: await sha256Hex(content) }
    return ok({ scheme: 'mandrill', secret: match.value.label, timestamp: null, ageSeconds: null, claims })
  },

  proofHeaders: () => [HEADER],
}

export const signMandrill: Sign<CodeScheme> = async (_, { url, headers, rawBody, contentType, secrets }) => {
  const form = readUrlEncoded(contentType, rawBody)
  if (form === undefined) throw new Error('Mandrill sends forms')
  const proof = keyedText(WRITTEN, signingSecret(secrets), signedContent(url, form)) ?? ''
  return { url, headers: { ...headers, [HEADER]: proof }, rawBody }
}

function signedContent(url: string, form: Fields): string {
  const byName = new Map(form)
  return (
    url +
    [...byName.keys()]
      .toSorted()
      .map((name) => name + byName.get(name)!)
      .join('')
  )
}
