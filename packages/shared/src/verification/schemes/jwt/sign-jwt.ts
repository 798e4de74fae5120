import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, type CryptoKey, exportJWK, importPKCS8, type JWK, type JWTPayload, SignJWT } from 'jose'
import type { JwtScheme } from '../../../contracts/preset.ts'
import { utf8 } from '../../../core/bytes.ts'
import type { SignInput } from '../../types.ts'
import { wantedHash, wantedValues } from './claims.ts'

/** How long the tokens that we make are valid, seconds. */
const LIFETIME_SECONDS = 300

/**
 * The token a sender would put there: every claim that is checked, with the first value that passes. Shared secrets sign as
 * they are; for public-key algorithms the first secret is the private key in PKCS #8 PEM, whose id is {@link publicJwk}'s.
 */
export async function signToken(scheme: JwtScheme, input: SignInput): Promise<string> {
  const [secret] = input.secrets
  const [algorithm] = scheme.algorithms
  if (!secret || algorithm === undefined) throw new Error('signing needs the secret, or the private key in PKCS #8 PEM')
  const claims: JWTPayload = {
    jti: createHash('sha256').update(`${input.timestamp} ${input.url} `).update(input.rawBody).digest('hex'),
  }
  for (const check of scheme.checks) {
    const value = check.kind === 'hash' ? wantedHash(check, input) : wantedValues(check, input)[0]
    if (value === undefined && check.kind === 'setting') throw new Error(`signing needs the setting ${check.setting}`)
    if (value !== undefined) claims[check.claim] = value
  }
  const expires = scheme.requiredTimes?.includes('exp') ?? false
  return signClaims({ ...claims, ...times(input.timestamp, expires) }, algorithm, secret)
}

/** Signs claims, with a shared secret or with a private key in PKCS #8 PEM. */
export async function signClaims(claims: JWTPayload, alg: string, secret: string): Promise<string> {
  if (alg.startsWith('HS')) return new SignJWT(claims).setProtectedHeader({ alg, typ: 'JWT' }).sign(utf8(secret))
  const { kid } = await publicJwk(secret, alg)
  return new SignJWT(claims).setProtectedHeader({ alg, typ: 'JWT', ...(kid ? { kid } : {}) }).sign(await privateKey(secret, alg))
}

/** The public half of a private key as its sender publishes it in a key set; its `kid` is its thumbprint (RFC 7638). */
export async function publicJwk(privateKeyPem: string, alg: string): Promise<JWK> {
  const { kty, crv, x, y, n, e } = await exportJWK(await privateKey(privateKeyPem, alg))
  const key = Object.fromEntries(
    Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined),
  ) as unknown as JWK
  return { ...key, alg, use: 'sig', kid: await calculateJwkThumbprint(key) }
}

function times(iat: number, expires: boolean): JWTPayload {
  return expires ? { iat, nbf: iat, exp: iat + LIFETIME_SECONDS } : { iat }
}

async function privateKey(pem: string, alg: string): Promise<CryptoKey> {
  try {
    return await importPKCS8(pem, alg, { extractable: true })
  } catch {
    throw new Error(`signing needs a private key for ${alg}, in PKCS #8 PEM`)
  }
}
