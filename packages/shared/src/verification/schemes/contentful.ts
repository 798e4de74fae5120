/**
 * Contentful: `X-Contentful-Signature`, the hex HMAC-SHA256 of a canonical request: method, path with query, the headers that
 * `X-Contentful-Signed-Headers` lists (sorted, `name:value` joined with `;`) and the body, each on a line.
 * https://www.contentful.com/developers/docs/webhooks/request-verification/
 *
 * The list and the time are always among what is signed. Other headers are covered only where they are listed, so topic and
 * idempotency key are facts (claims) only then.
 */
import type { CodeScheme } from '../../contracts/preset.ts'
import { toHex, utf8 } from '../../core/bytes.ts'
import { err, ok } from '../../core/result.ts'
import type { HeaderReader, Scheme, Sign } from '../types.ts'
import { explainMatch, matchSecret, signingSecret } from './secret-match.ts'
import { beginHash } from './signature/keyed-hash.ts'
import { checkAge, parseTimestamp } from './signature/timestamps.ts'

const SIGNATURE = 'x-contentful-signature'
const SIGNED_HEADERS = 'x-contentful-signed-headers'
const TIMESTAMP = 'x-contentful-timestamp'
const CLAIMS = { topic: 'x-contentful-topic', idempotencyKey: 'x-contentful-idempotency-key' } as const
/** What Contentful makes its secrets of; another one is a mistake. */
const SECRET_LENGTH = 64
const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/
const MAX_SIGNED_HEADERS = 200

interface SignedHeaders {
  names: string[]
  /** `name:value;…` as it is signed. */
  text: string
}

export const contentful: Scheme<CodeScheme> = {
  async verify(scheme, input) {
    const { explain, headers, now } = input
    const given = headers.get(SIGNATURE)
    const time = headers.get(TIMESTAMP)?.trim()
    const listed = headers.get(SIGNED_HEADERS)
    const complete = given !== null && time !== undefined && listed !== null
    explain('Signature, time and list of signed headers are there', complete)
    if (!complete) return err('missing_header')
    const timestamp = parseTimestamp(time, 'milliseconds')
    const signed = readSignedHeaders(listed, headers, time)
    explain('The time is a number, and every signed header is there', timestamp !== undefined && signed !== undefined)
    if (timestamp === undefined || signed === undefined || given === '') return err('malformed_header')
    const ageSeconds = Math.floor((now - Number(time)) / 1000)
    const tolerance = scheme.tolerance ?? { pastSeconds: Infinity, futureSeconds: null }
    const untimely = checkAge(ageSeconds, tolerance, input.toleranceSeconds)
    explain('The signed time is within the tolerance', untimely === undefined, `${ageSeconds} s old`)
    if (untimely !== undefined) return err(untimely)
    const match = matchSecret(input, [given], (secret) => [canonicalHash(secret, input, signed.text)])
    explainMatch(input, match)
    if (!match.ok) return match
    const claims = Object.fromEntries(
      Object.entries(CLAIMS).flatMap(([claim, name]) => (signed.names.includes(name) ? [[claim, headers.get(name)]] : [])),
    )
    return ok({ scheme: 'contentful', secret: match.value.label, timestamp, ageSeconds, claims })
  },

  proofHeaders: () => [SIGNATURE],
}

export const signContentful: Sign<CodeScheme> = async (_, input) => {
  const { url, headers, rawBody, contentType, secrets, timestamp } = input
  const time = String(timestamp * 1000)
  const own = { 'content-type': contentType, ...headers }
  const signed = readSignedHeaders(Object.keys(own).join(','), new Headers(own), time)
  const proof = signed && canonicalHash(signingSecret(secrets), input, signed.text)
  if (signed === undefined || proof === undefined) throw new Error(`signing needs a secret of ${SECRET_LENGTH} characters`)
  const list = signed.names.join(',')
  return { url, headers: { ...own, [TIMESTAMP]: time, [SIGNED_HEADERS]: list, [SIGNATURE]: proof }, rawBody }
}

/** The headers of the list, in order. `undefined`: one of them is not there, or the list is none. */
function readSignedHeaders(list: string, headers: HeaderReader, time: string): SignedHeaders | undefined {
  const names = [...new Set([...list.split(','), SIGNED_HEADERS, TIMESTAMP])].toSorted()
  if (names.length > MAX_SIGNED_HEADERS || !names.every((name) => HEADER_NAME.test(name))) return undefined
  const values = names.map((name) => {
    if (name === SIGNED_HEADERS) return names.join(',')
    return name === TIMESTAMP ? time : headers.get(name)?.trim()
  })
  if (values.includes(undefined)) return undefined
  return { names, text: names.map((name, i) => `${name}:${values[i]}`).join(';') }
}

interface Request {
  method: string
  url: string
  rawBody: Uint8Array<ArrayBuffer>
}

function canonicalHash(secret: string, { method, url, rawBody }: Request, headers: string): string | undefined {
  if (secret.length !== SECRET_LENGTH) return undefined
  const hash = beginHash({ kind: 'hmac', hash: 'SHA-256', key: { encoding: 'utf8' } }, secret)
  hash?.update(utf8(`${method}\n${canonicalPath(url)}\n${headers}\n`))
  hash?.update(rawBody)
  return hash && toHex(hash.digest())
}

/** Path and query as Contentful's toolkit writes them: what is escaped already is escaped again, the query twice. */
function canonicalPath(url: string): string {
  const [target = ''] = url
    .replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '')
    .toWellFormed()
    .split('#', 1)
  const query = target.indexOf('?')
  const path = (query < 0 ? target : target.slice(0, query)) || '/'
  const search = query < 0 ? '' : encodeURIComponent(target.slice(query + 1))
  return encodeURI(search === '' ? path : `${path}?${search}`)
}
