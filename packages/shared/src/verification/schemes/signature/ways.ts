import type { SignatureScheme } from '../../../contracts/preset.ts'
import type { SigningSecret } from '../../types.ts'
import { isHash } from './keyed-hash.ts'

/** One way of signing, and the secrets that may be its keys. */
export interface Way {
  scheme: SignatureScheme
  secrets: readonly SigningSecret[]
}

/** The ways in which the sender may have signed, given what is configured: the scheme's own, then its alternatives. Never none. */
export function waysToVerify(scheme: SignatureScheme, secrets: readonly SigningSecret[]): readonly [Way, ...Way[]] {
  const { alternatives = [] } = scheme
  const prefixes = alternatives.flatMap(({ keyPrefix }) => keyPrefix ?? [])
  const unclaimed = secrets.filter(({ secret }) => !prefixes.some((prefix) => secret.startsWith(prefix)))
  const others = alternatives.flatMap(({ keyPrefix, ...way }): Way[] => {
    const keys = keyPrefix === undefined ? unclaimed : keysOf(secrets, keyPrefix)
    return keys.length === 0 ? [] : [{ scheme: { ...scheme, ...way }, secrets: keys }]
  })
  const [first, ...rest] = others
  return first !== undefined && unclaimed.length === 0 ? [first, ...rest] : [{ scheme, secrets: unclaimed }, ...others]
}

function keysOf(secrets: readonly SigningSecret[], prefix: string): SigningSecret[] {
  return secrets.flatMap(({ label, secret }) => (secret.startsWith(prefix) ? { label, secret: secret.slice(prefix.length) } : []))
}

/** The way in which this secret signs, and the secret without what only tells its way. A private key in PEM tells by itself. */
export function wayToSign(scheme: SignatureScheme, secret: string): { scheme: SignatureScheme; secret: string } {
  const { alternatives = [] } = scheme
  if (isHash(scheme.algorithm) && secret.includes('-----BEGIN')) {
    const way = alternatives.find(({ algorithm }) => !isHash(algorithm))
    if (way !== undefined) return { scheme: { ...scheme, algorithm: way.algorithm, format: way.format }, secret }
  }
  const way = alternatives.find(({ keyPrefix }) => keyPrefix !== undefined && secret.startsWith(keyPrefix))
  if (way?.keyPrefix === undefined) return { scheme, secret }
  return { scheme: { ...scheme, algorithm: way.algorithm, format: way.format }, secret: secret.slice(way.keyPrefix.length) }
}
