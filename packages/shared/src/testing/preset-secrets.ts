import { randomBytes } from 'node:crypto'
import type { Algorithm, CodeScheme, JwtScheme, KeyText, Preset, SignatureScheme } from '../contracts/preset.ts'
import { toBase64, toHex } from '../core/bytes.ts'
import { findSenderNotes } from '../verification/presets/guides.ts'
import { publicJwk } from '../verification/schemes/jwt/sign-jwt.ts'
import { isHash } from '../verification/schemes/signature/keyed-hash.ts'
import type { FetchKey, ProviderSettings } from '../verification/types.ts'
import { privateKeyPem, publicKeyPem, rsaKeys, selfSignedCertificate } from './self-signed-certificate.ts'

/** Fresh keys of one sender, on both sides. */
export interface PresetSecret {
  /** What the sender signs with, for `sign`. */
  signWith: readonly string[]
  /** What the operator configures as the secret; `null` where there is none. */
  configure: string | null
  /** Values for every setting that signing or verifying needs. */
  settings: ProviderSettings
  /** Answers as the sender's host would, where its key is fetched. */
  fetchKey: FetchKey
}

type Keys = Omit<PresetSecret, 'settings'>

/** Makes the keys that a sender of this preset and its receiver would share. */
export async function secretFor(preset: Preset): Promise<PresetSecret> {
  return { ...(await keysFor(preset)), settings: settingsFor(preset) }
}

/** A key pair for a way of signing with a private key that the preset has beside its own (v1a); `undefined` where it has none. */
export async function alternativeSecretFor(preset: Preset): Promise<PresetSecret | undefined> {
  if (preset.verification.scheme !== 'signature') return undefined
  const way = preset.verification.alternatives?.find(({ algorithm }) => !isHash(algorithm))
  if (way === undefined) return undefined
  const keys = await signatureKeys(way.algorithm)
  return { ...keys, configure: `${way.keyPrefix ?? ''}${keys.configure}`, settings: settingsFor(preset) }
}

async function keysFor({ verification }: Preset): Promise<Keys> {
  switch (verification.scheme) {
    case 'signature':
      return signatureKeys(verification.algorithm)
    case 'token':
      return shared(verification.from[0]?.kind === 'basic' ? `user:${randomText()}` : randomText())
    case 'jwt':
      return jwtKeys(verification)
    case 'none':
      return { signWith: [], configure: null, fetchKey: notFetched }
    default:
      return codeKeys(verification.scheme)
  }
}

async function signatureKeys(algorithm: Algorithm): Promise<Keys> {
  switch (algorithm.kind) {
    case 'hmac':
      return shared(textOfKey(algorithm.key))
    case 'digest':
      return shared(randomText())
    case 'ed25519':
      return keyPair(await generate({ name: 'Ed25519' }), algorithm.key)
    case 'ecdsa-p256':
      return keyPair(await generate({ name: 'ECDSA', namedCurve: 'P-256' }), algorithm.key)
    case 'rsa':
      return keyPair(await rsaKeys(), algorithm.key)
  }
}

function textOfKey({ encoding, prefix = '' }: KeyText): string {
  switch (encoding) {
    case 'utf8':
      return `${prefix}${randomText()}`
    case 'hex':
      return `${prefix}${toHex(randomBytes(32))}`
    case 'base64':
      return `${prefix}${toBase64(randomBytes(24))}`
  }
}

async function jwtKeys({ algorithms, keys }: JwtScheme): Promise<Keys> {
  if (keys.kind === 'secret') return shared(randomText())
  const [algorithm = 'RS256'] = algorithms
  const pair = algorithm.startsWith('ES') ? await generate({ name: 'ECDSA', namedCurve: 'P-256' }) : await rsaKeys()
  const privateKey = await privateKeyPem(pair)
  const published = await publicJwk(privateKey, algorithm)
  switch (keys.kind) {
    case 'public-key':
      return { signWith: [privateKey], configure: await publicKeyPem(pair), fetchKey: notFetched }
    case 'jwks':
      return { signWith: [privateKey], configure: null, fetchKey: async () => JSON.stringify({ keys: [published] }) }
    case 'plaid': {
      const configure = `client:${randomText()}`
      return { signWith: [privateKey], configure, fetchKey: async () => JSON.stringify({ key: published }) }
    }
  }
}

async function codeKeys(scheme: CodeScheme['scheme']): Promise<Keys> {
  switch (scheme) {
    case 'adyen-payments':
      return shared(toHex(randomBytes(32)))
    case 'contentful':
      return shared(toHex(randomBytes(32)))
    case 'paddle-classic':
      return keyPair(await rsaKeys('SHA-1'), 'pem')
    case 'paypal':
      return certified(`WH-${toHex(randomBytes(8))}`, 'messageverificationcerts.paypal.com')
    case 'aws-sns':
      return certified('arn:aws:sns:eu-central-1:123456789012:orders', 'sns.amazonaws.com')
    default:
      return shared(randomText())
  }
}

/** A sender whose certificate is fetched, and what makes its signature ours. */
async function certified(configure: string, commonName: string): Promise<Keys> {
  const keys = await rsaKeys()
  const certificate = await selfSignedCertificate({ keys, commonName, notBefore: 1_700_000_000, notAfter: 4_000_000_000 })
  return { signWith: [configure, await privateKeyPem(keys)], configure, fetchKey: async () => certificate }
}

function shared(secret: string): Keys {
  return { signWith: [secret], configure: secret, fetchKey: notFetched }
}

async function keyPair(pair: CryptoKeyPair, form: 'pem' | 'spki' | 'raw-hex' | 'raw-base64'): Promise<Keys> {
  return { signWith: [await privateKeyPem(pair)], configure: await publicKeyText(pair, form), fetchKey: notFetched }
}

async function publicKeyText(pair: CryptoKeyPair, form: 'pem' | 'spki' | 'raw-hex' | 'raw-base64'): Promise<string> {
  if (form === 'pem') return publicKeyPem(pair)
  const format = form === 'spki' ? 'spki' : 'raw'
  const bytes = new Uint8Array((await crypto.subtle.exportKey(format, pair.publicKey)) as ArrayBuffer)
  return form === 'raw-hex' ? toHex(bytes) : toBase64(bytes)
}

async function generate(algorithm: { name: string; namedCurve?: string }): Promise<CryptoKeyPair> {
  return (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
}

/** Letters and digits that are no base64 by chance, so that a key that is decoded where it should not be never fits. */
function randomText(): string {
  return `test-${toHex(randomBytes(16))}`
}

const notFetched: FetchKey = async () => undefined

function settingsFor(preset: Preset): ProviderSettings {
  const { verification } = preset
  const required = findSenderNotes(preset.id)?.guide.settings.filter((setting) => setting.required) ?? []
  const names = [
    ...required.map(({ name }) => name),
    ...(verification.scheme === 'signature' ? settingsOfSignature(verification) : []),
    ...(verification.scheme === 'jwt' ? settingsOfToken(verification) : []),
  ]
  return Object.fromEntries(names.map((name) => [name, `value of ${name}`]))
}

function settingsOfSignature({ template, requiredHeaders = [] }: SignatureScheme): string[] {
  const signed = [...template.matchAll(/\{setting:([a-zA-Z0-9_]+)\}/g)].map(([, name = '']) => name)
  return [...signed, ...requiredHeaders.flatMap((header) => ('setting' in header ? header.setting : []))]
}

function settingsOfToken({ checks }: JwtScheme): string[] {
  return checks.flatMap((check) => (check.kind === 'setting' && check.otherwise === undefined ? check.setting : []))
}
