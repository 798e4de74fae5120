/**
 * A signed token (JWS compact, RFC 7515) taken apart without being believed, and its signature. The algorithm is one of ours
 * or the token is refused: neither `none`, nor an HMAC keyed with a public key, nor a key that the token brings itself.
 */
import { base64url, type CryptoKey, compactVerify, decodeJwt, decodeProtectedHeader, type JWK, type JWTPayload } from 'jose'
import { err, ok, type Result } from '../../../core/result.ts'
import type { RejectReason } from '../../types.ts'

const MAX_TOKEN_LENGTH = 16_384
const COMPACT = /^[\w-]+\.[\w-]+\.([\w-]+)$/

/** A shared secret's bytes, or a public key. */
export type VerifyingKey = Uint8Array | CryptoKey | JWK

export interface OpenToken {
  text: string
  algorithm: string
  /** The id of the key that signed, where the token names one. */
  kid: string | undefined
  claims: JWTPayload
}

/** Takes a token apart, if it is one and claims one of these algorithms. */
export function openToken(text: string, algorithms: readonly string[]): Result<OpenToken, RejectReason> {
  const signature = COMPACT.exec(text)?.[1]
  if (signature === undefined || text.length > MAX_TOKEN_LENGTH || !isCanonical(signature)) return err('malformed_header')
  try {
    const header = decodeProtectedHeader(text)
    const { alg, kid } = header as { alg?: unknown; kid?: unknown }
    // An extension that must be understood is one that we do not understand (RFC 7515 section 4.1.11).
    if (typeof alg !== 'string' || !algorithms.includes(alg) || 'crit' in header) return err('malformed_header')
    if (kid !== undefined && typeof kid !== 'string') return err('malformed_header')
    return ok({ text, algorithm: alg, kid, claims: decodeJwt(text) })
  } catch {
    return err('malformed_header')
  }
}

/** Whether the key signed the token, with the algorithm the token claims. A key that cannot be one has signed nothing. */
export async function isSignedBy({ text, algorithm }: OpenToken, key: VerifyingKey): Promise<boolean> {
  try {
    await compactVerify(text, key, { algorithms: [algorithm] })
    return true
  } catch {
    return false
  }
}

/** Base64url has spare bits at its end: of the spellings of the same bytes, only the encoder's is a signature. */
function isCanonical(text: string): boolean {
  try {
    return base64url.encode(base64url.decode(text)) === text
  } catch {
    return false
  }
}
