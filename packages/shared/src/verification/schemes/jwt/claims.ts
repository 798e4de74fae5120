import { createHash } from 'node:crypto'
import type { JWTPayload } from 'jose'
import type { ClaimCheck } from '../../../contracts/preset.ts'
import { utf8 } from '../../../core/bytes.ts'
import { timingSafeEqual } from '../../../core/timing-safe.ts'
import type { ProviderSettings, RejectReason } from '../../types.ts'

type HashCheck = Extract<ClaimCheck, { kind: 'hash' }>

/** What claims are compared with. */
export interface ClaimContext {
  url: string
  rawBody: Uint8Array
  settings: ProviderSettings
}

/** The first claim that is not as it must be, and why; `undefined` when all are. */
export function findWrongClaim(
  claims: JWTPayload,
  checks: readonly ClaimCheck[],
  context: ClaimContext,
): { claim: string; reason: RejectReason } | undefined {
  for (const check of checks) {
    const reason = checkClaim(claims, check, context)
    if (reason !== undefined) return { claim: check.claim, reason }
  }
  return undefined
}

function checkClaim(claims: JWTPayload, check: ClaimCheck, context: ClaimContext): RejectReason | undefined {
  if (check.kind === 'hash') return checkHash(claims, check, context)
  const wanted = wantedValues(check, context)
  if (wanted.length === 0) return 'unusable_secret'
  if (!Object.hasOwn(claims, check.claim)) return 'malformed_header'
  const value = claims[check.claim]
  const values: readonly unknown[] = check.claim === 'aud' && Array.isArray(value) ? value : [value]
  return wanted.some((each) => values.includes(each)) ? undefined : 'wrong_claim'
}

/** The values a claim may have. None: a setting is missing. */
export function wantedValues(
  check: Exclude<ClaimCheck, HashCheck>,
  { url, settings }: Pick<ClaimContext, 'url' | 'settings'>,
): readonly (string | boolean)[] {
  switch (check.kind) {
    case 'equals':
      return check.oneOf
    case 'url':
      return [url]
    case 'setting': {
      const set = [settings[check.setting] ?? []].flat().filter((text) => text !== '')
      return set.length === 0 && check.otherwise === 'url' ? [url] : set
    }
  }
}

function checkHash(claims: JWTPayload, check: HashCheck, context: ClaimContext): RejectReason | undefined {
  const { claim, of, encoding } = check
  const mismatch = of === 'url' ? 'wrong_claim' : 'no_match'
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined
  const wanted = wantedHash(check, context)
  if (wanted === undefined) return value === undefined ? undefined : mismatch
  if (value === undefined && check.absentWhenEmpty) return mismatch
  if (typeof value !== 'string') return 'malformed_header'
  const given = encoding === 'base64url' ? value.replace(/={0,2}$/, '') : value
  return timingSafeEqual(utf8(wanted), utf8(given)) ? undefined : mismatch
}

/** The hash as the sender writes it; `undefined` where it writes none, since the body is empty. */
export function wantedHash({ of, encoding, absentWhenEmpty }: HashCheck, { url, rawBody }: Omit<ClaimContext, 'settings'>) {
  if (absentWhenEmpty && rawBody.length === 0) return undefined
  return createHash('sha256')
    .update(of === 'url' ? utf8(url) : rawBody)
    .digest(encoding)
}
