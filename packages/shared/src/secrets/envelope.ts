import { fromBase64, sha256Hex, toBase64, utf8 } from '../core/bytes.ts'

/** AES-GCM with a 256-bit key derived from `SECRETS_KEY`; the additional data binds a ciphertext to its name and version. */
const IV_BYTES = 12
/** Enough to tell a handful of keys apart, and far too little to tell anything about one, hex digits. */
const KEY_ID_LENGTH = 8

/** One key, or several: the current one first, then what it was before. */
export type SecretsKeys = string | readonly string[]

/** A value as it is kept. Base64 texts. */
export interface SealedSecret {
  iv: string
  ciphertext: string
}

/** The keys that a Worker can open with. */
export function secretsKeysOf(env: { SECRETS_KEY: string; SECRETS_KEY_PREVIOUS?: string | undefined }): readonly string[] {
  return env.SECRETS_KEY_PREVIOUS === undefined ? [env.SECRETS_KEY] : [env.SECRETS_KEY, env.SECRETS_KEY_PREVIOUS]
}

/** Tells keys apart without telling them: the first hex digits of the hash of the hash that encrypts. */
export async function keyIdOf(secretsKey: string): Promise<string> {
  return (await sha256Hex(new Uint8Array(await digestOf(secretsKey)))).slice(0, KEY_ID_LENGTH)
}

/** Encrypts one version of a secret, and says under which key. */
export async function sealSecret(
  secretsKey: string,
  name: string,
  version: number,
  value: string,
): Promise<SealedSecret & { keyId: string }> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const algorithm = { name: 'AES-GCM', iv, additionalData: additionalData(name, version) }
  const sealed = await crypto.subtle.encrypt(algorithm, await aesKey(secretsKey), utf8(value))
  return { iv: toBase64(iv), ciphertext: toBase64(new Uint8Array(sealed)), keyId: await keyIdOf(secretsKey) }
}

/** Decrypts what {@link sealSecret} made; `undefined` when none of the keys, or not name, version or bytes, fit. */
export async function openSecret(
  keys: SecretsKeys,
  name: string,
  sealed: SealedSecret & { version: number; keyId?: string | undefined },
): Promise<string | undefined> {
  const iv = fromBase64(sealed.iv)
  const ciphertext = fromBase64(sealed.ciphertext)
  if (!iv || !ciphertext) return undefined
  const algorithm = { name: 'AES-GCM', iv, additionalData: additionalData(name, sealed.version) }
  for (const key of await inOrder(typeof keys === 'string' ? [keys] : keys, sealed.keyId)) {
    try {
      return new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, await aesKey(key), ciphertext))
    } catch {
      // Another key, or none.
    }
  }
  return undefined
}

/** The key it says first. Any other may still fit: what is in the configuration is no proof of anything. */
async function inOrder(keys: readonly string[], keyId: string | undefined): Promise<readonly string[]> {
  if (keys.length < 2 || keyId === undefined) return keys
  const ids = await Promise.all(keys.map(keyIdOf))
  return keys.toSorted((a, b) => Number(ids[keys.indexOf(b)] === keyId) - Number(ids[keys.indexOf(a)] === keyId))
}

function digestOf(secretsKey: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest('SHA-256', utf8(secretsKey))
}

async function aesKey(secretsKey: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', await digestOf(secretsKey), 'AES-GCM', false, ['encrypt', 'decrypt'])
}

function additionalData(name: string, version: number): Uint8Array<ArrayBuffer> {
  return utf8(`${name}\n${version}`)
}
