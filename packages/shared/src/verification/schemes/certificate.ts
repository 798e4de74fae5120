/**
 * X.509 certificates that senders publish beside their keys. What is checked: it is one, it has not expired, and (where the
 * sender's own code does so) whom it names. What is not: the chain up to a root, and revocation. A certificate is believed
 * because it was fetched over TLS from a host of the sender, which the scheme pins; that host's own chain the platform checks.
 * The beginning of its validity is not checked either: a key that its owner published early is still its owner's.
 */
import { X509Certificate } from 'node:crypto'
import { err, ok, type Result } from '../../core/result.ts'
import type { FetchKey, RejectReason } from '../types.ts'

/** Certificates are a few kilobytes; a chain of them is not parsed beyond its first. */
const MAX_LENGTH = 65_536

export interface Certificate {
  /** The public key in DER (SPKI). */
  spki: Uint8Array<ArrayBuffer>
  commonName: string | undefined
}

/** The first certificate of a PEM text, if it is still valid. `now` in ms. */
export function readCertificate(pem: string, now: number): Result<Certificate, RejectReason> {
  if (pem.length > MAX_LENGTH || !pem.includes('-----BEGIN CERTIFICATE-----')) return err('key_unavailable')
  try {
    const certificate = new X509Certificate(pem)
    // A time that cannot be read is no time in the future.
    if (!(Date.parse(certificate.validTo) > now)) return err('unknown_key')
    const names = certificate.subject.split('\n').filter((part) => part.startsWith('CN='))
    const spki = certificate.publicKey.export({ type: 'spki', format: 'der' })
    return ok({ spki: Uint8Array.from(spki), commonName: names.length === 1 ? names[0]?.slice(3) : undefined })
  } catch {
    return err('key_unavailable')
  }
}

/** Fetches a certificate from an address that the scheme has pinned. */
export async function fetchCertificate(url: string, fetchKey: FetchKey, now: number): Promise<Result<Certificate, RejectReason>> {
  const pem = await fetchKey({ url })
  if (pem === null) return err('unknown_key')
  return pem === undefined ? err('key_unavailable') : readCertificate(pem, now)
}

/**
 * An address that came with a request, if it is https and spelt as a URL parser spells it: no user, no port, no fragment, no
 * query, no dots or backslashes to resolve. What is checked is then what is fetched.
 */
export function parseKeyAddress(text: string): { host: string; path: string } | undefined {
  if (text.length > 500 || !URL.canParse(text)) return undefined
  const url = new URL(text)
  const plain = `https://${url.hostname}${url.pathname}`
  return text === plain ? { host: url.hostname, path: url.pathname } : undefined
}

/** Whether the signature is the certificate's, RSA PKCS #1 v1.5. A key of another kind has signed nothing. */
export async function isSignedWithRsa(
  spki: Uint8Array<ArrayBuffer>,
  hash: RsaHash,
  signature: Uint8Array<ArrayBuffer>,
  content: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash }
  try {
    const key = await crypto.subtle.importKey('spki', spki, algorithm, false, ['verify'])
    return await crypto.subtle.verify(algorithm, key, signature, content)
  } catch {
    return false
  }
}

export type RsaHash = 'SHA-1' | 'SHA-256'
