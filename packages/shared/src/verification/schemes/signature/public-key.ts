import type { Algorithm } from '../../../contracts/preset.ts'
import { fromBase64, fromHex } from '../../../core/bytes.ts'

type PublicKeyAlgorithm = Exclude<Algorithm, { kind: 'hmac' | 'digest' }>

/** Bytes of an elliptic-curve number on P-256. */
const COORDINATE_BYTES = 32

/** Whether the signature is the key holder's; `undefined` when the configured text is no public key of this kind. */
export async function verifyPublicKey(
  algorithm: PublicKeyAlgorithm,
  publicKey: string,
  signature: Uint8Array<ArrayBuffer>,
  content: Uint8Array<ArrayBuffer>,
): Promise<boolean | undefined> {
  const key = await importPublicKey(algorithm, publicKey)
  if (key === undefined) return undefined
  const bytes = algorithm.kind === 'ecdsa-p256' && algorithm.format === 'der' ? derToRaw(signature) : signature
  if (bytes === undefined) return false
  try {
    return await crypto.subtle.verify(parameters(algorithm), key, bytes, content)
  } catch {
    // Some runtimes throw at a signature that cannot be one, for its length.
    return false
  }
}

/** Signs with a private key (PKCS #8 PEM). Throws when it is none of this kind. */
export async function signPrivateKey(
  algorithm: PublicKeyAlgorithm,
  privateKey: string,
  content: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array> {
  const der = pemBytes(privateKey)
  if (der === undefined) throw new Error('signing needs the private key, in PKCS #8 PEM')
  const key = await crypto.subtle.importKey('pkcs8', der, parameters(algorithm), false, ['sign'])
  const raw = new Uint8Array(await crypto.subtle.sign(parameters(algorithm), key, content))
  return algorithm.kind === 'ecdsa-p256' && algorithm.format === 'der' ? rawToDer(raw) : raw
}

function parameters(algorithm: PublicKeyAlgorithm) {
  switch (algorithm.kind) {
    case 'ed25519':
      return { name: 'Ed25519' }
    case 'ecdsa-p256':
      return { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
    case 'rsa':
      return { name: 'RSASSA-PKCS1-v1_5', hash: algorithm.hash }
  }
}

async function importPublicKey(algorithm: PublicKeyAlgorithm, text: string): Promise<CryptoKey | undefined> {
  const raw = algorithm.key.startsWith('raw-')
  const bytes = keyText(algorithm.key, text.trim())
  if (bytes === undefined || bytes.length === 0) return undefined
  try {
    return await crypto.subtle.importKey(raw ? 'raw' : 'spki', bytes, parameters(algorithm), false, ['verify'])
  } catch {
    return undefined
  }
}

function keyText(form: PublicKeyAlgorithm['key'], text: string): Uint8Array<ArrayBuffer> | undefined {
  switch (form) {
    case 'raw-hex':
      return fromHex(text)
    case 'raw-base64':
    case 'spki':
      return fromBase64(text)
    case 'pem':
      return pemBytes(text)
  }
}

/** The DER bytes inside a PEM block (RFC 7468). */
export function pemBytes(pem: string): Uint8Array<ArrayBuffer> | undefined {
  const match = /-----BEGIN [A-Z ]+-----([A-Za-z0-9+/=\s]+)-----END [A-Z ]+-----/.exec(pem)
  return match?.[1] === undefined ? undefined : fromBase64(match[1].replace(/\s+/g, ''))
}

/** `SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279) as the two numbers side by side, as WebCrypto wants it. Strict DER only. */
export function derToRaw(der: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return undefined
  const r = readInteger(der, 2)
  const s = r && readInteger(der, r.end)
  if (!r || !s || s.end !== der.length) return undefined
  const raw = new Uint8Array(COORDINATE_BYTES * 2)
  raw.set(r.bytes, COORDINATE_BYTES - r.bytes.length)
  raw.set(s.bytes, COORDINATE_BYTES * 2 - s.bytes.length)
  return raw
}

function readInteger(der: Uint8Array, at: number): { bytes: Uint8Array; end: number } | undefined {
  const length = der[at + 1]
  if (der[at] !== 0x02 || length === undefined || length === 0) return undefined
  const end = at + 2 + length
  let bytes = der.subarray(at + 2, end)
  if (bytes.length !== length || bytes[0]! > 0x7f) return undefined
  if (bytes[0] === 0) {
    if (length > 1 && bytes[1]! <= 0x7f) return undefined
    bytes = bytes.subarray(1)
  }
  return bytes.length > COORDINATE_BYTES ? undefined : { bytes, end }
}

function rawToDer(raw: Uint8Array): Uint8Array {
  const content = [...writeInteger(raw.subarray(0, COORDINATE_BYTES)), ...writeInteger(raw.subarray(COORDINATE_BYTES))]
  return Uint8Array.from([0x30, content.length, ...content])
}

function writeInteger(number: Uint8Array): number[] {
  const first = number.findIndex((byte) => byte !== 0)
  const bytes = first < 0 ? Uint8Array.of(0) : number.subarray(first)
  return bytes[0]! > 0x7f ? [0x02, bytes.length + 1, 0, ...bytes] : [0x02, bytes.length, ...bytes]
}
