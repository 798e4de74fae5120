import { encodeSignature, beginHash } from './signature/keyed-hash.ts'
import { utf8 } from '../../core/bytes.ts'
import { err, ok, type Result } from '../../core/result.ts'
import { timingSafeEqual } from '../../core/timing-safe.ts'
import type { SchemeInput, SigningSecret } from '../types.ts'
import type { KeyText } from '../../contracts/preset.ts'

interface KeyedText {
  hash: 'SHA-1' | 'SHA-256'
  encoding: 'hex' | 'base64'
  key?: KeyText
}

/** The HMAC of a text as a sender writes it; `undefined` when the secret cannot be a key. */
export function keyedText({ hash, encoding, key }: KeyedText, secret: string, content: string): string | undefined {
  const running = beginHash({ kind: 'hmac', hash, key: key ?? { encoding: 'utf8' } }, secret)
  if (running === undefined) return undefined
  running.update(utf8(content))
  return encodeSignature(running.digest(), encoding)
}

/**
 * The secret under which one of the expected texts is one of the given ones. Each is compared with each, in constant time.
 * `expected` gives `undefined` for a secret that cannot be a key.
 */
export function matchSecret(
  { secrets }: Pick<SchemeInput, 'secrets'>,
  given: readonly string[],
  expected: (secret: string) => readonly (string | undefined)[],
): Result<SigningSecret, 'no_match' | 'unusable_secret'> {
  let usable = false
  let matched: SigningSecret | undefined
  for (const secret of secrets) {
    for (const text of expected(secret.secret)) {
      if (text === undefined) continue
      usable = true
      for (const each of given) if (timingSafeEqual(utf8(text), utf8(each))) matched ??= secret
    }
  }
  if (matched !== undefined) return ok(matched)
  return err(usable ? 'no_match' : 'unusable_secret')
}

/** Tells of a match, for `try`. */
export function explainMatch({ explain }: Pick<SchemeInput, 'explain'>, match: ReturnType<typeof matchSecret>): void {
  explain('The signature matches', match.ok, match.ok ? `under the ${match.value.label} secret` : match.error)
}

/** The only secret that signs. Throws when there is none. */
export function signingSecret(secrets: readonly string[]): string {
  const [secret] = secrets
  if (!secret) throw new Error('signing needs the secret')
  return secret
}
