import { fromBase64, toBase64 } from '@orchestrator/shared/core/bytes'
import { err, ok, type Result } from '@orchestrator/shared/core/result'
import { joined, keyedHash } from './hmac.ts'
import type { Credentials, SentBody } from './types.ts'

/** `whsec_`: a key of HMAC-SHA256, 24 to 64 bytes. `whsk_`: a secret key of Ed25519, as its seed or with the public key behind it. */
const SYMMETRIC = 'whsec_'
const ASYMMETRIC = 'whsk_'
const SEED_BYTES = 32
/** What stands before the seed in PKCS #8 (RFC 8410, section 7). */
const PKCS8_HEAD = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]

/**
 * Signs a call as https://github.com/standard-webhooks/standard-webhooks says, with each of the secrets: while a rotation
 * overlaps, the receiver may know the new or the previous one. The error names no secret's value.
 */
export async function standardWebhooksCredentials(
  secrets: readonly string[],
  id: string,
  seconds: number,
  body: SentBody | null,
): Promise<Result<Credentials, string>> {
  const content = joined([`${id}.${seconds}.`, body ?? ''])
  const signatures: string[] = []
  for (const secret of secrets) {
    const signature = await sign(secret, content)
    if (signature === undefined) {
      return err('is none of Standard Webhooks: “whsec_” with 24 to 64 bytes, or “whsk_” with an Ed25519 key, both in base64')
    }
    signatures.push(signature)
  }
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signatures.join(' ') }
  const keys = secrets.map((secret) => secret.replace(/^wh(?:sec|sk)_/, ''))
  return ok({ headers, confidential: [...secrets, ...keys, ...signatures] })
}

async function sign(secret: string, content: Uint8Array<ArrayBuffer>): Promise<string | undefined> {
  if (secret.startsWith(SYMMETRIC)) {
    const key = fromBase64(secret.slice(SYMMETRIC.length))
    if (!key || key.byteLength < 24 || key.byteLength > 64) return undefined
    return `v1,${toBase64(await keyedHash('sha256', key, content))}`
  }
  if (!secret.startsWith(ASYMMETRIC)) return undefined
  const key = fromBase64(secret.slice(ASYMMETRIC.length))
  if (key?.byteLength !== SEED_BYTES && key?.byteLength !== 2 * SEED_BYTES) return undefined
  const pkcs8 = joined([new Uint8Array(PKCS8_HEAD), key.subarray(0, SEED_BYTES)])
  const imported = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign'])
  return `v1a,${toBase64(new Uint8Array(await crypto.subtle.sign('Ed25519', imported, content)))}`
}
