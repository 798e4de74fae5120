/**
 * Mailgun: hex HMAC-SHA256 over `{timestamp}{token}`, all three in the body: in `signature` of a JSON event, or as fields of the
 * former form events. The event itself is not covered. An event of a sub-account also carries `parent-signature`, made with the
 * key of the account above it; a match of either is proof. https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
 */
import type { CodeScheme } from '../../contracts/preset.ts'
import { sha256Hex, utf8 } from '../../core/bytes.ts'
import { err, ok } from '../../core/result.ts'
import { readPath } from '../event-facts.ts'
import { parseBody, parseJson } from '../parsed-body.ts'
import type { Scheme, Sign, SignInput } from '../types.ts'
import { onlyField, readUrlEncoded, urlEncoded } from './form.ts'
import { explainMatch, keyedText, matchSecret, signingSecret } from './secret-match.ts'
import { checkAge, parseTimestamp } from './signature/timestamps.ts'

const WRITTEN = { hash: 'SHA-256', encoding: 'hex' } as const
/** Letters and digits, 50 of them; nothing that could stand in for a part of the time. */
const TOKEN = /^[A-Za-z0-9_-]{1,128}$/
const TOKEN_LENGTH = 50

export const mailgun: Scheme<CodeScheme> = {
  async verify(scheme, input) {
    const { explain, now } = input
    const sent = await readSigned(input.headers.get('content-type'), input.rawBody)
    const timestamp = sent && parseTimestamp(sent.timestamp, 'seconds')
    explain('The body holds a timestamp, a token and a signature', timestamp !== undefined)
    if (sent === undefined || timestamp === undefined) return err('malformed_body')
    const ageSeconds = Math.floor(now / 1000) - timestamp
    const tolerance = scheme.tolerance ?? { pastSeconds: Infinity, futureSeconds: null }
    const untimely = checkAge(ageSeconds, tolerance, input.toleranceSeconds)
    explain('The signed time is within the tolerance', untimely === undefined, `${ageSeconds} s old`)
    if (untimely !== undefined) return err(untimely)
    const match = matchSecret(input, sent.signatures, (secret) => [keyedText(WRITTEN, secret, sent.timestamp + sent.token)])
    explainMatch(input, match)
    if (!match.ok) return match
    return ok({ scheme: 'mailgun', secret: match.value.label, timestamp, ageSeconds, claims: { token: sent.token } })
  },

  proofHeaders: () => [],
  proofInBody: () => true,
}

export const signMailgun: Sign<CodeScheme> = async (_, input) => {
  const { url, headers, rawBody, contentType } = input
  const signature = await makeSignature(input)
  const form = readUrlEncoded(contentType, rawBody)
  if (form !== undefined) return { url, headers: { ...headers }, rawBody: urlEncoded([...form, ...Object.entries(signature)]) }
  const json = parseJson(rawBody)
  if (json === null || typeof json !== 'object') throw new Error('Mailgun sends a JSON object or a form')
  return { url, headers: { ...headers }, rawBody: utf8(JSON.stringify({ signature, ...json })) }
}

interface Signed {
  timestamp: string
  token: string
  signatures: string[]
}

async function readSigned(contentType: string | null, rawBody: Uint8Array<ArrayBuffer>): Promise<Signed | undefined> {
  const { form, json } = await parseBody(contentType, rawBody)
  const valueOf = (name: string) => (form === undefined ? readPath(json, `signature.${name}`) : onlyField(form, name))
  const timestamp = valueOf('timestamp')
  const token = valueOf('token')
  const signatures = [valueOf('signature'), valueOf('parent-signature')].filter(
    (value) => typeof value === 'string' && value !== '',
  )
  if (typeof timestamp !== 'string' && typeof timestamp !== 'number') return undefined
  if (typeof token !== 'string' || !TOKEN.test(token) || signatures.length === 0) return undefined
  return { timestamp: String(timestamp), token, signatures: signatures as string[] }
}

/** The token stands for the event and the time, so that it differs where they do. */
async function makeSignature({ rawBody, secrets, timestamp }: SignInput) {
  const time = String(timestamp)
  const token = (await sha256Hex(`${time} ${await sha256Hex(rawBody)}`)).slice(0, TOKEN_LENGTH)
  return { timestamp: time, token, signature: keyedText(WRITTEN, signingSecret(secrets), time + token) ?? '' }
}
