/**
 * Paddle Classic: a form whose `p_signature` is a base64 RSA-SHA1 signature over PHP’s `serialize()` of the other fields, sorted by
 * name, all of them strings. https://developer.paddle.com/classic/guides/zg9joji1mzu0mduy-verifying-webhooks
 */
import type { CodeScheme } from '../../contracts/preset.ts'
import { utf8 } from '../../core/bytes.ts'
import { err, ok } from '../../core/result.ts'
import type { Scheme, Sign } from '../types.ts'
import { type Fields, onlyField, readUrlEncoded, repeatsNames, urlEncoded } from './form.ts'
import { signWithRsa, splitSecrets } from './sign-rsa.ts'
import { decodeSignature } from './signature/keyed-hash.ts'
import { verifyPublicKey } from './signature/public-key.ts'

const SIGNATURE = 'p_signature'
const ALGORITHM = { kind: 'rsa', hash: 'SHA-1', key: 'pem' } as const

export const paddleClassic: Scheme<CodeScheme> = {
  async verify(_, input) {
    const form = readUrlEncoded(input.headers.get('content-type'), input.rawBody)
    const written = form && onlyField(form, SIGNATURE)
    // PHP keeps the last of two fields of one name; we would read the first.
    const wellFormed = form !== undefined && written !== undefined && !repeatsNames(form)
    input.explain(`The body is a form with ${SIGNATURE}`, wellFormed)
    if (!wellFormed) return err('malformed_body')
    const signature = decodeSignature(written, 'base64') ?? new Uint8Array(1)
    const content = signedContent(form)
    let usable = false
    for (const { secret, label } of input.secrets) {
      const matches = await verifyPublicKey(ALGORITHM, secret, signature, content)
      usable ||= matches !== undefined
      if (!matches) continue
      input.explain('The signature matches', true, `under the ${label} key`)
      return ok({ scheme: 'paddle-classic', secret: label, timestamp: null, ageSeconds: null })
    }
    input.explain(usable ? 'The signature matches' : 'A configured key is an RSA public key', false)
    return err(usable ? 'no_match' : 'unusable_secret')
  },

  proofHeaders: () => [],
  proofInBody: () => true,
}

export const signPaddleClassic: Sign<CodeScheme> = async (_, { url, headers, rawBody, contentType, secrets }) => {
  const form = readUrlEncoded(contentType, rawBody)
  if (form === undefined) throw new Error('Paddle Classic sends forms')
  const { privateKey } = splitSecrets(secrets)
  if (privateKey === undefined) throw new Error('signing needs the RSA private key, in PKCS #8 PEM')
  const signature = await signWithRsa(privateKey, 'SHA-1', signedContent(form))
  return { url, headers: { ...headers }, rawBody: urlEncoded([...form, [SIGNATURE, signature]]) }
}

function signedContent(form: Fields): Uint8Array<ArrayBuffer> {
  const fields = form.filter(([name]) => name !== SIGNATURE).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return utf8(`a:${fields.length}:{${fields.flatMap((field) => field.map(serialised)).join('')}}`)
}

/** A string as PHP writes it: its length in bytes, and nothing of it escaped. */
function serialised(text: string): string {
  return `s:${utf8(text).length}:"${text}";`
}
