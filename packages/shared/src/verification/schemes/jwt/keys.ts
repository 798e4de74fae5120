/** Where a token's key comes from. Keys of senders arrive through `fetchKey`; what they answer is data to be checked. */
import { importSPKI, type JWK } from 'jose'
import * as z from 'zod'
import type { TokenKeys } from '../../../contracts/preset.ts'
import { utf8 } from '../../../core/bytes.ts'
import { err, ok, type Result } from '../../../core/result.ts'
import type { FetchKey, RejectReason, SchemeInput, SigningSecret } from '../../types.ts'
import type { OpenToken, VerifyingKey } from './token.ts'

export interface TokenKey {
  key: VerifyingKey
  /** The configured secret behind it; null where none is. */
  secret: SigningSecret['label'] | null
}

type KeyInput = Pick<SchemeInput, 'secrets' | 'settings' | 'fetchKey' | 'now'>
type Keys = Result<TokenKey[], RejectReason>

/** https://plaid.com/docs/api/webhooks/webhook-verification/ */
const PLAID_HOSTS = { production: 'https://production.plaid.com', sandbox: 'https://sandbox.plaid.com' }
/** Ids that senders give their keys; anything else is not worth a request. */
const KEY_ID = /^[\w.:=+/-]{1,256}$/

const jwk = z.looseObject({ kty: z.string(), kid: z.string().optional(), alg: z.string().optional(), use: z.string().optional() })
const jwks = z.object({ keys: z.array(z.unknown()).max(1_000) })
const plaidKey = z.object({ key: z.looseObject({ ...jwk.shape, expired_at: z.number().nullish() }) })

/** The keys that may have signed this token. */
export async function findKeys(source: TokenKeys, token: OpenToken, input: KeyInput): Promise<Keys> {
  // The preset says so too; a key of the wrong kind must never meet an algorithm, whoever wrote the preset.
  if (token.algorithm.startsWith('HS') !== (source.kind === 'secret')) return err('malformed_header')
  const secrets = input.secrets.filter(({ secret }) => secret !== '')
  switch (source.kind) {
    case 'secret':
      return some(
        secrets.map(({ secret, label }) => ({ key: utf8(secret), secret: label })),
        'unusable_secret',
      )
    case 'public-key':
      return some((await Promise.all(secrets.map((secret) => publicKey(secret, token.algorithm)))).flat(), 'unusable_secret')
    case 'jwks': {
      const key = await findInKeySet(source.url, token, input.fetchKey)
      return key.ok ? ok([{ key: key.value, secret: null }]) : key
    }
    case 'plaid':
      return findAtPlaid(token, { ...input, secrets })
  }
}

/** The key with the token's id in the set at this address, which is asked anew once when it does not know the id. */
export async function findInKeySet(url: string, token: OpenToken, fetchKey: FetchKey): Promise<Result<JWK, RejectReason>> {
  if (token.kid === undefined || !KEY_ID.test(token.kid)) return err('unknown_key')
  for (const fresh of [false, true]) {
    const keys = readJson(jwks, await fetchKey(fresh ? { url, fresh } : { url }))?.keys
    if (keys === undefined) return err('key_unavailable')
    const key = keys.flatMap((each) => jwk.safeParse(each).data ?? []).find((each) => each.kid === token.kid && fits(each, token))
    if (key !== undefined) return ok(key)
  }
  return err('unknown_key')
}

async function findAtPlaid(token: OpenToken, { secrets, settings, fetchKey, now }: KeyInput): Promise<Keys> {
  const environment = settings['environment'] ?? 'production'
  if (environment !== 'production' && environment !== 'sandbox') return err('unusable_secret')
  if (token.kid === undefined || !KEY_ID.test(token.kid)) return err('unknown_key')
  let reason: RejectReason = 'unusable_secret'
  for (const { secret, label } of secrets) {
    const colon = secret.indexOf(':')
    if (colon < 1) continue
    const credentials = { client_id: secret.slice(0, colon), secret: secret.slice(colon + 1) }
    const url = `${PLAID_HOSTS[environment]}/webhook_verification_key/get`
    const answer = await fetchKey({ url, body: JSON.stringify({ ...credentials, key_id: token.kid }) })
    const key = readJson(plaidKey, answer)?.key
    reason = answer === null ? 'unknown_key' : 'key_unavailable'
    if (key === undefined) continue
    const expired = typeof key.expired_at === 'number' && key.expired_at * 1000 <= now
    const usable = !expired && key.kid === token.kid && fits(key, token)
    return usable ? ok([{ key, secret: label }]) : err('unknown_key')
  }
  return err(reason)
}

/** Whether a key of a set is one for this token's algorithm, and to verify with. Never one that is a shared secret. */
function fits({ kty, alg, use }: z.infer<typeof jwk>, { algorithm }: OpenToken): boolean {
  const wanted = algorithm.startsWith('ES') ? 'EC' : algorithm === 'EdDSA' ? 'OKP' : 'RSA'
  return kty === wanted && (alg === undefined || alg === algorithm) && (use === undefined || use === 'sig')
}

async function publicKey({ secret, label }: SigningSecret, algorithm: string): Promise<TokenKey[]> {
  try {
    return [{ key: await importSPKI(secret, algorithm), secret: label }]
  } catch {
    return []
  }
}

function some(keys: TokenKey[], otherwise: RejectReason): Keys {
  return keys.length === 0 ? err(otherwise) : ok(keys)
}

function readJson<T>(shape: z.ZodType<T>, text: string | null | undefined): T | undefined {
  if (text === null || text === undefined) return undefined
  try {
    return shape.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
