/**
 * The checks of an Access token, one each: plain data in, a Result out, time as an argument. None of them proves anything
 * before the signature is verified; running them first means that a token which cannot pass costs no fetch and no RSA.
 * Claims: https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/application-token/
 */
import { decodeJwt, decodeProtectedHeader, type JWTPayload, type ProtectedHeaderParameters } from 'jose'
import { err, ok, type Result } from '../core/result.ts'
import { CLOCK_SKEW_SECONDS, MAX_TOKEN_LENGTH } from './constants.ts'
import { readGroups } from './read-groups.ts'
import type { AccessRejection, Identity } from './rejection.ts'

export interface ParsedToken {
  header: ProtectedHeaderParameters
  claims: JWTPayload
}

type Check = Result<null, AccessRejection>
const passed: Check = ok(null)

/** Takes the token apart without believing it. */
export function parseToken(token: string): Result<ParsedToken, AccessRejection> {
  if (token.length > MAX_TOKEN_LENGTH) return err({ reason: 'token_malformed' })
  try {
    return ok({ header: decodeProtectedHeader(token), claims: decodeJwt(token) })
  } catch {
    return err({ reason: 'token_malformed' })
  }
}

/** RS256 and nothing else: neither `none` nor an HMAC keyed with our public key. */
export function checkAlgorithm(header: ProtectedHeaderParameters): Check {
  return header.alg === 'RS256' ? passed : err({ reason: 'algorithm_refused', alg: String(header.alg).slice(0, 32) })
}

/** An extension that must be understood is one that we do not understand (RFC 7515 section 4.1.11). */
export function checkCritical(header: ProtectedHeaderParameters): Check {
  return 'crit' in header ? err({ reason: 'critical_header_refused' }) : passed
}

/** The id of the key that signed. */
export function readKeyId(header: ProtectedHeaderParameters): Result<string, AccessRejection> {
  const kid: unknown = header.kid
  return typeof kid === 'string' && kid !== '' && kid.length <= 256 ? ok(kid) : err({ reason: 'key_id_missing' })
}

/** The issuer is our team domain, exactly. */
export function checkIssuer(claims: JWTPayload, issuer: string): Check {
  return claims.iss === issuer ? passed : err({ reason: 'issuer_wrong' })
}

/** The audience is mandatory; a text or a list that contains ours. */
export function checkAudience(claims: JWTPayload, audience: string): Check {
  const named: unknown[] = Array.isArray(claims.aud) ? claims.aud : [claims.aud]
  return audience !== '' && named.includes(audience) ? passed : err({ reason: 'audience_wrong' })
}

/** `exp` is mandatory. `nowMs` in ms since the epoch; 30 s of skew are forgiven. */
export function checkExpiry(claims: JWTPayload, nowMs: number): Check {
  if (typeof claims.exp !== 'number') return err({ reason: 'expiry_missing' })
  return nowMs / 1_000 < claims.exp + CLOCK_SKEW_SECONDS ? passed : err({ reason: 'expired' })
}

/** `nbf`, where there is one, has come. */
export function checkNotBefore(claims: JWTPayload, nowMs: number): Check {
  if (claims.nbf === undefined) return passed
  const reached = typeof claims.nbf === 'number' && nowMs / 1_000 >= claims.nbf - CLOCK_SKEW_SECONDS
  return reached ? passed : err({ reason: 'not_yet_valid' })
}

/** A person has an email and a subject; a service token has a `common_name` and an empty subject. */
export function readIdentity(claims: JWTPayload): Result<Identity, AccessRejection> {
  const email: unknown = claims['email']
  const name: unknown = claims['common_name']
  if (claims.sub === '' && isName(name)) return ok({ kind: 'service', id: name })
  if (claims.sub && isName(email) && email.includes('@')) {
    const groups = readGroups(claims)
    return ok({ kind: 'user', id: inSmallLetters(email), ...(groups.length > 0 ? { groups } : {}) })
  }
  return err({ reason: 'identity_missing' })
}

/** Of ASCII only, as bindings are compared: others have letters of ASCII for their small ones, and would make one person of two. */
export function inSmallLetters(email: string): string {
  return email.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= 320
}
