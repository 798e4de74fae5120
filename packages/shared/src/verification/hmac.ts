import { fromBase64, fromHex, toBase64, toHex, utf8 } from '../core/bytes.ts'
import { err, ok } from '../core/result.ts'
import { timingSafeEqual } from '../core/timing-safe.ts'
import type { HmacScheme } from './preset.ts'
import { readSignature } from './signature-header.ts'
import type { SchemeInput, Tolerance, Verdict } from './types.ts'

/**
 * Verifies over the raw bytes. Any of several signatures may match under any of the secrets. What is compared is the encoded
 * text, in constant time, so upper-case hex or sloppy base64 is no match, as at the senders' own libraries.
 */
export async function verifyHmac(scheme: HmacScheme, input: SchemeInput): Promise<Verdict> {
  const signature = readSignature(scheme, input.headers)
  if (!signature.ok) return signature
  const { candidates, timestampText, timestamp } = signature.value
  const ageSeconds = timestamp === null ? null : Math.floor(input.now / 1000) - timestamp
  const untimely = ageSeconds === null ? undefined : checkAge(ageSeconds, input.tolerance)
  if (untimely) return err(untimely)

  const content = signedContent(scheme, timestampText, input.rawBody)
  const given = candidates.map(utf8)
  let usable = 0
  for (const { label, secret } of input.secrets) {
    const expected = await computeSignature(scheme, secret, content)
    if (expected === undefined) continue
    usable++
    const bytes = utf8(expected)
    // Every candidate is compared, so the time does not tell which one matched.
    const matches = given.filter((candidate) => timingSafeEqual(bytes, candidate)).length
    if (matches > 0) return ok({ scheme: scheme.scheme, secret: label, timestamp, ageSeconds })
  }
  return err(usable === 0 ? 'unusable_secret' : 'no_match')
}

/** The headers that {@link verifyHmac} accepts: the inverse. `timestamp` in seconds; several secrets make several signatures. */
export async function signHmac(
  scheme: HmacScheme,
  rawBody: Uint8Array<ArrayBuffer>,
  secrets: readonly string[],
  timestamp: number,
): Promise<Record<string, string>> {
  const time = scheme.timestamp
  const text = time === null ? '' : String(time.unit === 'seconds' ? timestamp : timestamp * 1000)
  const content = signedContent(scheme, text, rawBody)
  const signatures: string[] = []
  for (const secret of secrets) {
    const signature = await computeSignature(scheme, secret, content)
    if (signature === undefined) throw new Error('this secret cannot be a key of the scheme')
    signatures.push(signature)
  }
  const { format } = scheme
  if (format.kind === 'whole' && signatures.length !== 1) throw new Error('this header holds exactly one signature')
  const pairs = [
    ...(time?.from.kind === 'pair' ? [`${time.from.name}=${text}`] : []),
    ...signatures.map((value) => (format.kind === 'pairs' ? `${format.name}=${value}` : `${format.prefix}${value}`)),
  ]
  return {
    ...(time?.from.kind === 'header' ? { [time.from.name]: text } : {}),
    [scheme.header]: pairs.join(format.kind === 'pairs' ? format.separator : ''),
  }
}

function checkAge(ageSeconds: number, tolerance: Tolerance): 'timestamp_too_old' | 'timestamp_in_future' | undefined {
  if (ageSeconds > tolerance.pastSeconds) return 'timestamp_too_old'
  return -ageSeconds > tolerance.futureSeconds ? 'timestamp_in_future' : undefined
}

/** The template with the body's bytes in place; the body itself is never decoded. */
function signedContent(scheme: HmacScheme, timestampText: string, rawBody: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (scheme.template === '{body}') return rawBody
  const [before = '', after = ''] = scheme.template.replace('{timestamp}', timestampText).split('{body}')
  const [head, tail] = [utf8(before), utf8(after)]
  const content = new Uint8Array(head.length + rawBody.length + tail.length)
  content.set(head)
  content.set(rawBody, head.length)
  content.set(tail, head.length + rawBody.length)
  return content
}

async function computeSignature(
  scheme: HmacScheme,
  secret: string,
  content: Uint8Array<ArrayBuffer>,
): Promise<string | undefined> {
  const bytes = keyBytes(scheme, secret)
  if (bytes === undefined || bytes.length === 0) return undefined
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: scheme.hash }, false, ['sign'])
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, content))
  return scheme.encoding === 'hex' ? toHex(mac) : toBase64(mac)
}

function keyBytes(scheme: HmacScheme, secret: string): Uint8Array<ArrayBuffer> | undefined {
  if (scheme.key === 'utf8') return utf8(secret)
  return scheme.key === 'hex' ? fromHex(secret) : fromBase64(secret)
}
