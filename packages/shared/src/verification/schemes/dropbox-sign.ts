/**
 * Dropbox Sign: `event.event_hash` is the hex HMAC-SHA256 of `{event_time}{event_type}` under the API key. The event is JSON in the
 * field `json` of a multipart body (or a form), and nothing else of it is covered.
 * https://developers.hellosign.com/docs/events/walkthrough/#event-hash-verification
 */
import type { CodeScheme } from '../../contracts/preset.ts'
import { sha256Hex, utf8 } from '../../core/bytes.ts'
import { err, ok } from '../../core/result.ts'
import { readPath } from '../event-facts.ts'
import { parseBody, parseJson } from '../parsed-body.ts'
import type { Scheme, Sign } from '../types.ts'
import { onlyField, readUrlEncoded, urlEncoded } from './form.ts'
import { explainMatch, keyedText, matchSecret, signingSecret } from './secret-match.ts'
import { checkAge, parseTimestamp } from './signature/timestamps.ts'

const FIELD = 'json'
const WRITTEN = { hash: 'SHA-256', encoding: 'hex' } as const
/** Begins with a letter, so that no digit can pass from the time to the type. */
const EVENT_TYPE = /^[a-z][a-z0-9_]*$/

export const dropboxSign: Scheme<CodeScheme> = {
  async verify(scheme, input) {
    const { explain, now } = input
    const text = await readEventText(input.headers.get('content-type'), input.rawBody)
    const event = text === undefined ? undefined : readEvent(text)
    const timestamp = event && parseTimestamp(event.time, 'seconds')
    explain('The body holds an event with its time, type and hash', timestamp !== undefined)
    if (text === undefined || event === undefined || timestamp === undefined) return err('malformed_body')
    const ageSeconds = Math.floor(now / 1000) - timestamp
    const tolerance = scheme.tolerance ?? { pastSeconds: Infinity, futureSeconds: null }
    const untimely = checkAge(ageSeconds, tolerance, input.toleranceSeconds)
    explain('The event is recent enough', untimely === undefined, `${ageSeconds} s old`)
    if (untimely !== undefined) return err(untimely)
    const match = matchSecret(input, [event.hash], (secret) => [keyedText(WRITTEN, secret, event.time + event.type)])
    explainMatch(input, match)
    if (!match.ok) return match
    // Two events may share time, type and so their hash; a redelivery may have another boundary between its parts.
    const claims = { event: await sha256Hex(text) }
    return ok({ scheme: 'dropbox-sign', secret: match.value.label, timestamp, ageSeconds, claims })
  },

  proofHeaders: () => [],
  proofInBody: () => true,
}

export const signDropboxSign: Sign<CodeScheme> = async (_, { url, headers, rawBody, contentType, secrets, timestamp }) => {
  const text = await readEventText(contentType, rawBody)
  const json = text === undefined ? undefined : parseJson(utf8(text))
  const type = readPath(json, 'event.event_type')
  if (text === undefined || typeof type !== 'string') throw new Error('Dropbox Sign sends an event with its type')
  const { event, ...rest } = json as { event: object }
  const time = String(timestamp)
  const hash = keyedText(WRITTEN, signingSecret(secrets), time + type)
  const signed = JSON.stringify({ ...rest, event: { ...event, event_time: time, event_hash: hash } })
  return { url, headers: { ...headers }, rawBody: withEventText(contentType, rawBody, text, signed) }
}

/** The event's JSON text, wherever it is. */
async function readEventText(contentType: string | null, rawBody: Uint8Array<ArrayBuffer>): Promise<string | undefined> {
  const { form, text } = await parseBody(contentType, rawBody)
  return form === undefined ? text : onlyField(form, FIELD)
}

function readEvent(text: string): { time: string; type: string; hash: string } | undefined {
  const event = readPath(parseJson(utf8(text)), 'event')
  const time = readPath(event, 'event_time')
  const type = readPath(event, 'event_type')
  const hash = readPath(event, 'event_hash')
  if (typeof time !== 'string' && typeof time !== 'number') return undefined
  if (typeof type !== 'string' || !EVENT_TYPE.test(type) || typeof hash !== 'string' || hash === '') return undefined
  return { time: String(time), type, hash }
}

/** The body with another event in the same place. */
function withEventText(contentType: string, rawBody: Uint8Array<ArrayBuffer>, text: string, signed: string) {
  const form = readUrlEncoded(contentType, rawBody)
  if (form !== undefined) return urlEncoded(form.map(([name, value]) => [name, name === FIELD ? signed : value]))
  return utf8(new TextDecoder().decode(rawBody).replace(text, () => signed))
}
