import { createHash, createHmac } from 'node:crypto'
import { keccak_256 } from '@noble/hashes/sha3.js'
import type { Algorithm, KeyText, SignatureScheme } from '../../../contracts/preset.ts'
import { fromBase64, fromHex, toBase64, toHex, utf8 } from '../../../core/bytes.ts'
import { unescapeHtml } from './unescape-html.ts'

/** A hash that takes its input in pieces. */
export interface RunningHash {
  update(chunk: Uint8Array): void
  digest(): Uint8Array
}

type HashAlgorithm = Extract<Algorithm, { kind: 'hmac' | 'digest' }>

/** Whether signatures of this kind can be checked while the body passes. */
export function isHash(algorithm: Algorithm): algorithm is HashAlgorithm {
  return algorithm.kind === 'hmac' || algorithm.kind === 'digest'
}

/** Begins the hash under a secret; `undefined` when the secret cannot be a key. */
export function beginHash(algorithm: HashAlgorithm, secret: string): RunningHash | undefined {
  if (algorithm.kind === 'digest') {
    if (secret === '') return undefined
    return algorithm.hash === 'KECCAK-256' ? keccak_256.create() : nodeHash(createHash('sha256'))
  }
  const key = keyBytes(algorithm.key, secret)
  if (key === undefined || key.length === 0) return undefined
  return nodeHash(createHmac(algorithm.hash.replace('-', '').toLowerCase(), key))
}

function nodeHash(hash: { update(chunk: Uint8Array): unknown; digest(): Uint8Array }): RunningHash {
  return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest() }
}

/** The key bytes a configured text stands for. */
export function keyBytes(key: KeyText, secret: string): Uint8Array<ArrayBuffer> | undefined {
  const prefixed = key.prefix !== undefined && secret.startsWith(key.prefix)
  const text = prefixed ? secret.slice(key.prefix?.length) : secret
  if (key.rawWithoutPrefix && !prefixed) return utf8(secret)
  switch (key.encoding) {
    case 'utf8':
      return utf8(normalised(text, key.normalise))
    case 'hex':
      return fromHex(text)
    case 'base64':
      return fromBase64(text)
  }
}

function normalised(text: string, form: KeyText['normalise']): string {
  switch (form) {
    case undefined:
      return text
    case 'NFKD':
      return text.normalize('NFKD')
    case 'html':
      return unescapeHtml(text)
  }
}

/** How a sender writes these bytes into its header. */
export function encodeSignature(bytes: Uint8Array, encoding: SignatureScheme['encoding']): string {
  switch (encoding) {
    case 'hex':
      return toHex(bytes)
    case '0x-hex':
      return `0x${toHex(bytes)}`
    case 'base64':
      return toBase64(bytes)
    case 'base64url':
      return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
  }
}

/** The bytes of a signature, `undefined` unless it is written exactly as {@link encodeSignature} writes it (hex in either case). */
export function decodeSignature(text: string, encoding: SignatureScheme['encoding']): Uint8Array<ArrayBuffer> | undefined {
  const bytes = decodeLoosely(text, encoding)
  if (bytes === undefined) return undefined
  const written = encoding.endsWith('hex') ? text.toLowerCase() : text
  return encodeSignature(bytes, encoding) === written ? bytes : undefined
}

function decodeLoosely(text: string, encoding: SignatureScheme['encoding']): Uint8Array<ArrayBuffer> | undefined {
  if (encoding === 'hex') return fromHex(text)
  if (encoding === '0x-hex') return text.startsWith('0x') ? fromHex(text.slice(2)) : undefined
  return fromBase64(encoding === 'base64url' ? text.replaceAll('-', '+').replaceAll('_', '/') : text)
}
