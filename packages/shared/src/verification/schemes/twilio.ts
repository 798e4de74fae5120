/**
 * Twilio: base64 HMAC-SHA1 under the account's auth token, over the address with its query and, for a form, each field's name
 * and value, sorted by name; values of one name are sorted too, and counted once. Of any other body only the address is signed,
 * and `bodySHA256` in its query is the body's hash. https://www.twilio.com/docs/usage/security#validating-requests
 *
 * Twilio itself signs with or without the port and with differently quoted queries, so the address is tried in the same
 * spellings as by its libraries.
 */
import type { CodeScheme } from '../../contracts/preset.ts'
import { sha256Hex, utf8 } from '../../core/bytes.ts'
import { err, ok, type Result } from '../../core/result.ts'
import { timingSafeEqual } from '../../core/timing-safe.ts'
import type { RejectReason, Scheme, Sign } from '../types.ts'
import { type Fields, readUrlEncoded } from './form.ts'
import { explainMatch, keyedText, matchSecret, signingSecret } from './secret-match.ts'
import { spellings } from './twilio-address.ts'

const HEADER = 'x-twilio-signature'
const BODY_HASH = 'bodySHA256'
const WRITTEN = { hash: 'SHA-1', encoding: 'base64' } as const

export const twilio: Scheme<CodeScheme> = {
  async verify(_, input) {
    const given = input.headers.get(HEADER)
    input.explain(`A signature is in ${HEADER}`, Boolean(given))
    if (given === null) return err('missing_header')
    if (given === '') return err('malformed_header')
    const parameters = await signedParameters(input.url, input.headers.get('content-type'), input.rawBody)
    input.explain('The body is a form, or the address holds its hash', parameters.ok)
    if (!parameters.ok) return parameters
    const contents = spellings(input.url).map((address) => address + parameters.value)
    const match = matchSecret(input, [given], (secret) => contents.map((content) => keyedText(WRITTEN, secret, content)))
    explainMatch(input, match)
    if (!match.ok) return match
    // Neither the form's spelling nor the address's is signed: the content that matched tells a replay, however both are written.
    const matched = contents.find(
      (content) => matchSecret({ secrets: [match.value] }, [given], (secret) => [keyedText(WRITTEN, secret, content)]).ok,
    )
    const claims = { signed: await sha256Hex(matched ?? '') }
    return ok({ scheme: 'twilio', secret: match.value.label, timestamp: null, ageSeconds: null, claims })
  },

  proofHeaders: () => [HEADER],
}

export const signTwilio: Sign<CodeScheme> = async (_, { url, headers, rawBody, contentType, secrets }) => {
  const form = readUrlEncoded(contentType, rawBody)
  const hashed = rawBody.length > 0 && form === undefined && !url.includes(BODY_HASH)
  const address = hashed ? `${url}${url.includes('?') ? '&' : '?'}${BODY_HASH}=${await sha256Hex(rawBody)}` : url
  const content = address + (address.includes(BODY_HASH) ? '' : sorted(form ?? []))
  const proof = keyedText(WRITTEN, signingSecret(secrets), content) ?? ''
  return { url: address, headers: { ...headers, [HEADER]: proof }, rawBody }
}

/** What is signed after the address. */
async function signedParameters(
  url: string,
  contentType: string | null,
  rawBody: Uint8Array<ArrayBuffer>,
): Promise<Result<string, RejectReason>> {
  if (url.includes(BODY_HASH)) {
    const hashes = URL.canParse(url) ? new URL(url).searchParams.getAll(BODY_HASH) : []
    const fits = hashes.length === 1 && timingSafeEqual(utf8(await sha256Hex(rawBody)), utf8(hashes[0]!))
    return fits ? ok('') : err('no_match')
  }
  if (rawBody.length === 0) return ok('')
  const form = readUrlEncoded(contentType, rawBody)
  return form === undefined ? err('malformed_body') : ok(sorted(form))
}

function sorted(form: Fields): string {
  const byName = new Map<string, Set<string>>()
  for (const [name, value] of form) byName.set(name, (byName.get(name) ?? new Set()).add(value))
  return [...byName.keys()]
    .toSorted()
    .flatMap((name) => [...byName.get(name)!].toSorted().map((value) => name + value))
    .join('')
}
