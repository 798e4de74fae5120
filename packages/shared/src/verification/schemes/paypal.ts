/**
 * PayPal: RSA-SHA256 over `{transmission id}|{transmission time}|{webhook id}|{CRC-32 of the body, decimal}`, with the key of
 * the certificate at `PAYPAL-CERT-URL`. The secret is the webhook's id, which is not secret but makes the signature ours.
 * https://developer.paypal.com/api/rest/webhooks/rest/
 *
 * The address comes with the request, so it must be https, on paypal.com and below the path of the certificates; the
 * certificate must name the signer that PayPal's own SDKs demand, and must not have expired. See `certificate.ts` for what is
 * not checked. A CRC-32 is easily met: whoever holds one signed request can make other bodies that pass.
 */
import type { CodeScheme } from '../../contracts/preset.ts'
import { utf8 } from '../../core/bytes.ts'
import { err, ok } from '../../core/result.ts'
import { crc32 } from '../crc32.ts'
import type { Scheme, Sign, SchemeInput } from '../types.ts'
import { fetchCertificate, isSignedWithRsa, parseKeyAddress } from './certificate.ts'
import { decodeSignature } from './signature/keyed-hash.ts'
import { checkAge, formatTimestamp, parseTimestamp } from './signature/timestamps.ts'
import { signWithRsa, splitSecrets } from './sign-rsa.ts'

const HEADERS = {
  id: 'paypal-transmission-id',
  time: 'paypal-transmission-time',
  signature: 'paypal-transmission-sig',
  certificate: 'paypal-cert-url',
  algorithm: 'paypal-auth-algo',
} as const
const ALGORITHM = 'SHA256withRSA'
const SIMULATED_CERTIFICATE = 'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-simulated'

export const paypal: Scheme<CodeScheme> = {
  async verify(scheme, input) {
    const { explain, now } = input
    const sent = readHeaders(input)
    explain('The headers of the transmission are there', sent !== undefined)
    if (sent === undefined) return err('missing_header')
    const timestamp = parseTimestamp(sent.time, 'iso')
    const signature = decodeSignature(sent.signature, 'base64')
    const wellFormed = sent.algorithm === ALGORITHM && timestamp !== undefined && signature !== undefined
    explain(`They name ${ALGORITHM}, a time and a signature`, wellFormed)
    if (!wellFormed) return err('malformed_header')

    const ageSeconds = Math.floor(now / 1000) - timestamp
    const tolerance = scheme.tolerance ?? { pastSeconds: Infinity, futureSeconds: null }
    const untimely = checkAge(ageSeconds, tolerance, input.toleranceSeconds)
    explain('The transmission is recent enough', untimely === undefined, `${ageSeconds} s old`)
    if (untimely !== undefined) return err(untimely)
    const secrets = input.secrets.filter(({ secret }) => secret !== '')
    if (secrets.length === 0) return err('unusable_secret')

    const pinned = isCertificateAddress(sent.certificate)
    explain('The certificate is at PayPal', pinned)
    if (!pinned) return err('unknown_key')
    const certificate = await fetchCertificate(sent.certificate, input.fetchKey, now)
    const named = certificate.ok && isSigner(certificate.value.commonName)
    explain('It is a valid certificate of PayPal’s signer', named, certificate.ok ? undefined : certificate.error)
    if (!certificate.ok) return certificate
    if (!named) return err('unknown_key')

    const fits = await Promise.all(
      secrets.map(({ secret }) =>
        isSignedWithRsa(certificate.value.spki, 'SHA-256', signature, content(sent.id, sent.time, secret, input.rawBody)),
      ),
    )
    const matched = secrets[fits.indexOf(true)]
    explain('The signature matches, for this webhook', matched !== undefined, matched && `the ${matched.label} webhook id`)
    return matched ? ok({ scheme: 'paypal', secret: matched.label, timestamp, ageSeconds }) : err('no_match')
  },

  proofHeaders: () => [HEADERS.signature],
}

/** Signs with a webhook id and the private key (PKCS #8 PEM) among the secrets. `paypal-cert-url` is kept where it is given. */
export const signPaypal: Sign<CodeScheme> = async (_, { url, headers, rawBody, secrets, timestamp }) => {
  const { privateKey, others } = splitSecrets(secrets)
  const [webhookId] = others
  if (privateKey === undefined || webhookId === undefined) throw new Error('signing needs the webhook id and a private key')
  const id = headers[HEADERS.id] ?? `transmission-${timestamp}-${crc32(rawBody)}`
  const time = formatTimestamp(timestamp, 'iso')
  const proof = {
    [HEADERS.id]: id,
    [HEADERS.time]: time,
    [HEADERS.algorithm]: ALGORITHM,
    [HEADERS.certificate]: headers[HEADERS.certificate] ?? SIMULATED_CERTIFICATE,
    [HEADERS.signature]: await signWithRsa(privateKey, 'SHA-256', content(id, time, webhookId, rawBody)),
  }
  return { url, headers: { ...headers, ...proof }, rawBody }
}

function readHeaders({ headers }: SchemeInput) {
  const id = headers.get(HEADERS.id)
  const time = headers.get(HEADERS.time)
  const signature = headers.get(HEADERS.signature)
  const certificate = headers.get(HEADERS.certificate)
  const algorithm = headers.get(HEADERS.algorithm)
  return id && time && signature && certificate && algorithm ? { id, time, signature, certificate, algorithm } : undefined
}

function content(id: string, time: string, webhookId: string, rawBody: Uint8Array): Uint8Array<ArrayBuffer> {
  return utf8(`${id}|${time}|${webhookId}|${crc32(rawBody)}`)
}

/** Only the certificates of the notifications API; other hosts of PayPal show what others wrote. */
function isCertificateAddress(text: string): boolean {
  const address = parseKeyAddress(text)
  if (address === undefined || !/^\/v1\/notifications\/certs\/[\w-]+$/.test(address.path)) return false
  return /^([a-z0-9-]+\.)+paypal\.com$/.test(address.host)
}

/** `messageverificationcerts.paypal.com`, and the sandbox's. */
function isSigner(commonName: string | undefined): boolean {
  return /^messageverificationcerts\.([a-z0-9-]+\.)*paypal\.com$/.test(commonName?.toLowerCase() ?? '')
}
