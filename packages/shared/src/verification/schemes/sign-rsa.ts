import { toBase64 } from '../../core/bytes.ts'
import type { RsaHash } from './certificate.ts'
import { pemBytes } from './signature/public-key.ts'

const isKey = (secret: string) => secret.includes('-----BEGIN PRIVATE KEY-----')

/** Of the secrets that sign, the private key (PKCS #8 PEM) and the others. */
export function splitSecrets(secrets: readonly string[]): { privateKey: string | undefined; others: string[] } {
  return { privateKey: secrets.find(isKey), others: secrets.filter((secret) => secret !== '' && !isKey(secret)) }
}

/** An RSA signature (PKCS #1 v1.5) in base64. */
export async function signWithRsa(privateKey: string, hash: RsaHash, content: Uint8Array<ArrayBuffer>): Promise<string> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash }
  const der = pemBytes(privateKey)
  if (der === undefined) throw new Error('signing needs the RSA private key, in PKCS #8 PEM')
  const key = await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])
  return toBase64(new Uint8Array(await crypto.subtle.sign(algorithm, key, content)))
}
