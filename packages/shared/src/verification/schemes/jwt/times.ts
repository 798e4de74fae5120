import type { JWTPayload } from 'jose'
import type { JwtScheme } from '../../../contracts/preset.ts'
import { err, ok, type Result } from '../../../core/result.ts'
import type { RejectReason } from '../../types.ts'

export type TimeRules = Pick<JwtScheme, 'requiredTimes' | 'clockSkewSeconds' | 'maxAgeSeconds' | 'maxLifetimeSeconds'>

/** When a token was made, as far as it says: seconds since the epoch. */
export type IssuedAt = number | null

/** Checks `exp`, `nbf` and `iat` (RFC 7519 section 4.1). `now` in ms; an override replaces both skew and age. */
export function checkTimes(claims: JWTPayload, rules: TimeRules, now: number, override?: number): Result<IssuedAt, RejectReason> {
  const required = [...(rules.requiredTimes ?? []), ...(rules.maxAgeSeconds === undefined ? [] : ['iat' as const])]
  if (required.some((name) => claims[name] === undefined)) return err('malformed_header')
  const { exp, nbf, iat } = claims
  if (![exp, nbf, iat].every((time) => time === undefined || Number.isFinite(time))) return err('malformed_header')
  const at = Math.floor(now / 1000)
  const skew = override ?? rules.clockSkewSeconds
  if (exp !== undefined && at - skew >= exp) return err('timestamp_too_old')
  if (nbf !== undefined && at + skew < nbf) return err('timestamp_in_future')
  if (iat !== undefined && at + skew < iat) return err('timestamp_in_future')
  const maxAge = rules.maxAgeSeconds === undefined ? undefined : (override ?? rules.maxAgeSeconds)
  if (iat !== undefined && maxAge !== undefined && at - iat > maxAge) return err('timestamp_too_old')
  const { maxLifetimeSeconds: lifetime } = rules
  if (exp !== undefined && lifetime !== undefined && exp - at >= lifetime) return err('timestamp_in_future')
  return ok(iat ?? nbf ?? null)
}
