import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'

/** The key pair of the local Access: kept in the state folder, so that a restart ends no session. Answers the private JWK as JSON. */
export async function accessKey(stateDir: string): Promise<string> {
  const file = join(stateDir, 'access-key.json')
  const known = await readFile(file, 'utf8').catch(() => undefined)
  if (known !== undefined && isKey(known)) return known
  const pair = await generateKeyPair('RS256', { extractable: true })
  const jwk = await exportJWK(pair.privateKey)
  const text = JSON.stringify({ ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'RS256' })
  await mkdir(stateDir, { recursive: true })
  // Moved into place whole: a kill in the middle leaves no half a key.
  await writeFile(`${file}.new`, text, { mode: 0o600 })
  await rename(`${file}.new`, file)
  return text
}

function isKey(text: string): boolean {
  try {
    const jwk = JSON.parse(text) as JWK
    return jwk.kty === 'RSA' && typeof jwk.d === 'string' && typeof jwk.kid === 'string'
  } catch {
    return false
  }
}
