/**
 * Tokens of Microsoft Entra ID that a Microsoft service puts into a webhook: issued by Entra for our application, to that one
 * service. https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
import { err, ok, type Result } from '../../core/result.ts'
import type { ProviderSettings, RejectReason, SchemeInput } from '../types.ts'
import { findInKeySet } from './jwt/keys.ts'
import { signClaims } from './jwt/sign-jwt.ts'
import { checkTimes } from './jwt/times.ts'
import { isSignedBy, openToken } from './jwt/token.ts'

/** Entra signs tokens of all tenants with these keys, in both versions of its tokens. */
export const ENTRA_KEYS_URL = 'https://login.microsoftonline.com/common/discovery/v2.0/keys'
const ALGORITHM = 'RS256'
/** Microsoft's own libraries forgive five minutes. */
const RULES = { requiredTimes: ['exp' as const], clockSkewSeconds: 300 }
const TENANT = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

export interface EntraExpectation {
  /** Our application: its id or its URI. */
  audiences: readonly string[]
  /** Tenants that may have issued the token; empty: any. */
  tenants: readonly string[]
  /** Applications it may have been issued to. */
  callers: readonly string[]
}

export interface EntraToken {
  tenant: string
  /** Seconds since the epoch; null where it does not say. */
  issuedAt: number | null
  claims: Readonly<Record<string, unknown>>
}

export async function verifyEntraToken(
  text: string,
  expected: EntraExpectation,
  input: Pick<SchemeInput, 'now' | 'toleranceSeconds' | 'fetchKey'>,
): Promise<Result<EntraToken, RejectReason>> {
  const token = openToken(text, [ALGORITHM])
  if (!token.ok) return token
  const { claims } = token.value
  const issuedAt = checkTimes(claims, RULES, input.now, input.toleranceSeconds)
  if (!issuedAt.ok) return issuedAt
  const tenant = claims['tid']
  const forUs = expected.audiences.some((audience) => claims.aud === audience)
  // Version 1 names the caller in `appid`, version 2 in `azp`.
  const caller = claims['appid'] ?? claims['azp']
  if (typeof tenant !== 'string' || !TENANT.test(tenant) || !issuers(tenant).includes(String(claims.iss)))
    return err('wrong_claim')
  const ofTenant = expected.tenants.length === 0 || expected.tenants.includes(tenant)
  if (!forUs || !ofTenant || typeof caller !== 'string' || !expected.callers.includes(caller)) return err('wrong_claim')
  const key = await findInKeySet(ENTRA_KEYS_URL, token.value, input.fetchKey)
  if (!key.ok) return key
  if (!(await isSignedBy(token.value, key.value))) return err('no_match')
  return ok({ tenant, issuedAt: issuedAt.value, claims })
}

/** A token as Entra would issue it; the private key is in PKCS #8 PEM. */
export async function signEntraToken(
  { audience, tenant, caller }: { audience: string; tenant: string; caller: string },
  timestamp: number,
  privateKey: string,
): Promise<string> {
  const times = { iat: timestamp, nbf: timestamp, exp: timestamp + 3_600 }
  return signClaims(
    { aud: audience, iss: issuers(tenant)[1], tid: tenant, azp: caller, ver: '2.0', ...times },
    ALGORITHM,
    privateKey,
  )
}

/** A setting as a list: one text or several, without empty ones. */
export function listSetting(settings: ProviderSettings, name: string): readonly string[] {
  return [settings[name] ?? []].flat().filter((text) => text !== '')
}

function issuers(tenant: string): [v1: string, v2: string] {
  return [`https://sts.windows.net/${tenant}/`, `https://login.microsoftonline.com/${tenant}/v2.0`]
}
