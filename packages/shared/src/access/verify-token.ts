import { compactVerify, type JWK } from 'jose'
import { err, type Result } from '../core/result.ts'
import type { FindKey } from './jwks.ts'
import type { AccessRejection, Identity } from './rejection.ts'
import {
  checkAlgorithm,
  checkAudience,
  checkCritical,
  checkExpiry,
  checkIssuer,
  checkNotBefore,
  parseToken,
  readIdentity,
  readKeyId,
} from './validators.ts'

export interface VerifyOptions {
  /** The Access team domain, without a slash at the end. */
  issuer: string
  /** Audience tag of the one application whose tokens are accepted. */
  audience: string
  /** ms since the epoch. */
  now: number
  findKey: FindKey
}

/** Verifies an Access token and says who it is about. Only infrastructure throws. */
export async function verifyAccessToken(
  token: string | undefined,
  options: VerifyOptions,
): Promise<Result<Identity, AccessRejection>> {
  if (token === undefined) return err({ reason: 'token_missing' })
  const parsed = parseToken(token)
  if (!parsed.ok) return parsed
  const { header, claims } = parsed.value
  const checks = [
    checkAlgorithm(header),
    checkCritical(header),
    checkIssuer(claims, options.issuer),
    checkAudience(claims, options.audience),
    checkExpiry(claims, options.now),
    checkNotBefore(claims, options.now),
  ]
  const failed = checks.find((check) => !check.ok)
  if (failed && !failed.ok) return failed
  const kid = readKeyId(header)
  if (!kid.ok) return kid
  const key = await options.findKey(kid.value)
  if (!key.ok) return key
  if (!(await signatureFits(token, key.value))) return err({ reason: 'signature_wrong' })
  return readIdentity(claims)
}

async function signatureFits(token: string, key: JWK): Promise<boolean> {
  try {
    await compactVerify(token, key, { algorithms: ['RS256'] })
    return true
  } catch {
    return false
  }
}
