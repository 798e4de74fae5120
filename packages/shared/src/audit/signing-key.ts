import type { AuditPublicKey } from '../contracts/audit-api.ts'
import { fromBase64, sha256Hex, toBase64, utf8 } from '../core/bytes.ts'

/** The key that signs heads and exports of the audit log. */
export interface AuditKey {
  /** The first 16 hexadecimal digits of the SHA-256 of the raw public key. */
  keyId: string
  publicKey: AuditPublicKey
  /** The Ed25519 signature of a text's UTF-8, in base64. */
  sign(text: string): Promise<string>
}

/** What stands before the seed in PKCS #8 (RFC 8410, section 7): version 0, the algorithm Ed25519, and 32 octets. */
const PKCS8_PREFIX = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]
const RAW_KEY_BYTES = 32

/** The Ed25519 key whose seed is the SHA-256 of a secret text: the same text always gives the same key. */
export async function deriveAuditKey(secret: string): Promise<AuditKey> {
  const seed = new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(secret)))
  const pkcs8 = Uint8Array.from([...PKCS8_PREFIX, ...seed])
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign'])
  const { x } = (await crypto.subtle.exportKey('jwk', key)) as { x: string }
  const publicKey: AuditPublicKey = { kty: 'OKP', crv: 'Ed25519', x }
  return {
    keyId: await keyIdOf(publicKey),
    publicKey,
    sign: async (text) => toBase64(new Uint8Array(await crypto.subtle.sign('Ed25519', key, utf8(text)))),
  }
}

/** The short name of a public key. @throws Error when the key is not one of Ed25519. */
export async function keyIdOf(publicKey: AuditPublicKey): Promise<string> {
  return (await sha256Hex(rawKey(publicKey))).slice(0, 16)
}

/** Whether a base64 signature of a text is of this key. A key or signature that is none is not right either. */
export async function isSignedBy(publicKey: AuditPublicKey, signature: string, text: string): Promise<boolean> {
  const bytes = fromBase64(signature)
  // Base64 has several spellings of the same bytes: only ours counts, so that a changed byte is always seen.
  if (!bytes || toBase64(bytes) !== signature) return false
  try {
    const key = await crypto.subtle.importKey('raw', rawKey(publicKey), 'Ed25519', false, ['verify'])
    return await crypto.subtle.verify('Ed25519', key, bytes, utf8(text))
  } catch {
    return false
  }
}

function rawKey({ x }: AuditPublicKey): Uint8Array<ArrayBuffer> {
  const raw = fromBase64(x.replaceAll('-', '+').replaceAll('_', '/'))
  if (raw?.byteLength !== RAW_KEY_BYTES) throw new Error('the public key of the audit log is not an Ed25519 key')
  return raw
}
