import { fromBase64, toBase64, utf8 } from '../core/bytes.ts'

/** AES-GCM with a 256-bit key derived from `SECRETS_KEY`; the additional data binds a ciphertext to its name and version. */
const IV_BYTES = 12

async function aesKey(secretsKey: string): Promise<CryptoKey> {
  const digest = await crypto.subtle.digest('SHA-256', utf8(secretsKey))
  return crypto.subtle.importKey('raw', digest, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

function additionalData(name: string, version: number): Uint8Array<ArrayBuffer> {
  return utf8(`${name}\n${version}`)
}

/** Encrypts one version of a secret. Base64 texts. */
export async function sealSecret(
  secretsKey: string,
  name: string,
  version: number,
  value: string,
): Promise<{ iv: string; ciphertext: string }> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: additionalData(name, version) },
    await aesKey(secretsKey),
    utf8(value),
  )
  return { iv: toBase64(iv), ciphertext: toBase64(new Uint8Array(sealed)) }
}

/** Decrypts what {@link sealSecret} made; `undefined` when key, name, version or bytes do not fit. */
export async function openSecret(
  secretsKey: string,
  name: string,
  sealed: { version: number; iv: string; ciphertext: string },
): Promise<string | undefined> {
  const iv = fromBase64(sealed.iv)
  const ciphertext = fromBase64(sealed.ciphertext)
  if (!iv || !ciphertext) return undefined
  try {
    const plain = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv, additionalData: additionalData(name, sealed.version) },
      await aesKey(secretsKey),
      ciphertext,
    )
    return new TextDecoder().decode(plain)
  } catch {
    return undefined
  }
}
