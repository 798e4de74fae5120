/**
 * A signed token in a header. What a token says is checked before its signature, so that one that cannot pass costs no fetch
 * and no public-key work; nothing of it is believed before the signature fits. Algorithms are the preset's, never the token's.
 */
import type { JwtScheme } from '../../../contracts/preset.ts'
import { err, ok } from '../../../core/result.ts'
import type { Scheme, Sign } from '../../types.ts'
import { findWrongClaim } from './claims.ts'
import { findKeys } from './keys.ts'
import { signToken } from './sign-jwt.ts'
import { checkTimes } from './times.ts'
import { isSignedBy, openToken } from './token.ts'

export const jwt: Scheme<JwtScheme> = {
  async verify(scheme, input) {
    const { explain } = input
    const text = readTokenText(scheme, input.headers.get(scheme.header))
    explain(`A token is in ${scheme.header}`, text !== undefined)
    if (text === undefined) return err(input.headers.get(scheme.header) === null ? 'missing_header' : 'malformed_header')

    const token = openToken(text, scheme.algorithms)
    explain(`It is a signed token with ${scheme.algorithms.join(' or ')}`, token.ok)
    if (!token.ok) return token
    const { claims } = token.value

    const issuedAt = checkTimes(claims, scheme, input.now, input.toleranceSeconds)
    explain('Its times fit', issuedAt.ok, issuedAt.ok ? undefined : issuedAt.error)
    if (!issuedAt.ok) return issuedAt

    const wrong = findWrongClaim(claims, scheme.checks, input)
    explain('Its claims are about this request', wrong === undefined, wrong && `${wrong.claim} is not`)
    if (wrong !== undefined) return err(wrong.reason)

    const keys = await findKeys(scheme.keys, token.value, input)
    explain('There is a key for it', keys.ok, keys.ok ? undefined : keys.error)
    if (!keys.ok) return keys
    const fits = await Promise.all(keys.value.map(({ key }) => isSignedBy(token.value, key)))
    const matched = keys.value[fits.indexOf(true)]
    explain('Its signature matches', matched !== undefined, matched?.secret ? `under the ${matched.secret} secret` : undefined)
    if (matched === undefined) return err('no_match')

    const timestamp = issuedAt.value
    const ageSeconds = timestamp === null ? null : Math.floor(input.now / 1000) - timestamp
    return ok({ scheme: 'jwt', secret: matched.secret, timestamp, ageSeconds, claims })
  },
  proofHeaders: ({ header }) => [header],
}

export const signJwt: Sign<JwtScheme> = async (scheme, input) => {
  const value = `${scheme.prefix ?? ''}${await signToken(scheme, input)}`
  return { url: input.url, headers: { ...input.headers, [scheme.header]: value }, rawBody: input.rawBody }
}

/** What follows the prefix, whose case does not count (RFC 9110 section 11.1); `undefined` where it is not there. */
function readTokenText({ prefix = '' }: JwtScheme, value: string | null): string | undefined {
  if (value === null || !value.toLowerCase().startsWith(prefix.toLowerCase())) return undefined
  return value.slice(prefix.length).trim()
}
