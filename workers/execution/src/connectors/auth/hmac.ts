import { concatBytes, toBase64, toHex, utf8 } from '@orchestrator/shared/core/bytes'
import type { Auth, Credentials, SentBody, UnsignedRequest } from './types.ts'

const HASHES = { sha1: 'SHA-1', sha256: 'SHA-256', sha512: 'SHA-512' } as const

/** A keyed hash over what the template names; `seconds` is the time of the call. */
export async function hmacCredentials(
  auth: Auth<'hmac'>,
  secret: string,
  request: UnsignedRequest,
  seconds: number,
): Promise<Credentials> {
  const mac = await keyedHash(auth.algorithm, utf8(secret), signedContent(auth.content, request, seconds))
  const signature = `${auth.prefix}${auth.encoding === 'hex' ? toHex(mac) : toBase64(mac)}`
  const time = auth.timestampHeader === null ? {} : { [auth.timestampHeader]: String(seconds) }
  return { headers: { ...time, [auth.header]: signature }, confidential: [secret, signature] }
}

export async function keyedHash(
  algorithm: keyof typeof HASHES,
  key: Uint8Array<ArrayBuffer>,
  content: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: HASHES[algorithm] }, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, content))
}

/** Only the template is looked through: what is filled in may say `{body}` too. */
function signedContent(template: string, { method, url, body }: UnsignedRequest, seconds: number): Uint8Array<ArrayBuffer> {
  const { pathname, search } = new URL(url)
  const values: Record<string, SentBody> = {
    '{method}': method,
    '{path}': `${pathname}${search}`,
    '{timestamp}': String(seconds),
    '{body}': body ?? '',
  }
  return joined(template.split(/(\{(?:method|path|timestamp|body)\})/).map((part) => values[part] ?? part))
}

/** Texts and bytes, one after another. */
export function joined(parts: readonly SentBody[]): Uint8Array<ArrayBuffer> {
  return concatBytes(parts.map((part) => (typeof part === 'string' ? utf8(part) : part)))
}
