/**
 * Amazon SNS: RSA over the message's fields in a fixed order, `name\nvalue\n` each, with the key of the certificate at
 * `SigningCertURL`. Signature version 1 is SHA-1, version 2 SHA-256. The secrets are the ARNs of the topics that we expect:
 * the signature alone proves no more than that some AWS account published something.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 *
 * The certificate's address is pinned to SNS's own hosts, `sns.<region>.amazonaws.com`; a region is spelt out, since
 * `sns.s3-us-west-2.amazonaws.com` would be somebody's bucket. See `certificate.ts` for what is not checked.
 */
import type { CodeScheme } from '../../contracts/preset.ts'
import { utf8 } from '../../core/bytes.ts'
import { err, ok, type Result } from '../../core/result.ts'
import { parseJson } from '../parsed-body.ts'
import type { RejectReason, Scheme, Sign } from '../types.ts'
import { fetchCertificate, isSignedWithRsa, parseKeyAddress, type RsaHash } from './certificate.ts'
import { decodeSignature } from './signature/keyed-hash.ts'
import { checkAge, formatTimestamp, parseTimestamp } from './signature/timestamps.ts'
import { signWithRsa, splitSecrets } from './sign-rsa.ts'

/** The signed fields of each type, in order. Those with a question mark are signed where they are there. */
const NOTIFICATION = ['Message', 'MessageId', 'Subject?', 'Timestamp', 'TopicArn', 'Type']
const CONFIRMATION = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']
const SIGNED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Notification: NOTIFICATION,
  SubscriptionConfirmation: CONFIRMATION,
  UnsubscribeConfirmation: CONFIRMATION,
}
const HASHES: Readonly<Record<string, RsaHash>> = { '1': 'SHA-1', '2': 'SHA-256' }
const CERTIFICATE_HOST = /^sns\.[a-z]{2}(-[a-z]+)+-\d{1,2}\.amazonaws\.com(\.cn)?$/
const TYPE_HEADER = 'x-amz-sns-message-type'
const SIMULATED_CERTIFICATE = 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-simulated.pem'
/** SNS sends again for an hour at most. */
const TOLERANCE = { pastSeconds: 3_600, futureSeconds: 300 }

export const awsSns: Scheme<CodeScheme> = {
  async verify(scheme, input) {
    const { explain, now } = input
    const message = readMessage(parseJson(input.rawBody))
    explain('The body is a signed SNS message', message.ok)
    if (!message.ok) return message
    const { type, topic, timestamp, hash, signature, certificateUrl, content } = message.value
    const typeHeader = input.headers.get(TYPE_HEADER)
    const consistent = typeHeader === null || typeHeader === type
    explain('The header names the same type', consistent)
    if (!consistent) return err('malformed_header')

    const secrets = input.secrets.filter(({ secret }) => secret !== '')
    if (secrets.length === 0) return err('unusable_secret')
    // An ARN is no secret: whoever knows it gains nothing without AWS's signature.
    const matched = secrets.find(({ secret }) => secret === topic)
    explain('The topic is an expected one', matched !== undefined, topic)
    if (matched === undefined) return err('wrong_claim')

    const ageSeconds = Math.floor(now / 1000) - timestamp
    const untimely = checkAge(ageSeconds, scheme.tolerance ?? TOLERANCE, input.toleranceSeconds)
    explain('The signed time is within the tolerance', untimely === undefined, `${ageSeconds} s old`)
    if (untimely !== undefined) return err(untimely)

    const pinned = isCertificateAddress(certificateUrl)
    explain('The certificate is at SNS', pinned)
    if (!pinned) return err('unknown_key')
    const certificate = await fetchCertificate(certificateUrl, input.fetchKey, now)
    explain('It is a valid certificate', certificate.ok, certificate.ok ? undefined : certificate.error)
    if (!certificate.ok) return certificate
    const fits = await isSignedWithRsa(certificate.value.spki, hash, signature, content)
    explain('The signature matches', fits)
    return fits ? ok({ scheme: 'aws-sns', secret: matched.label, timestamp, ageSeconds }) : err('no_match')
  },

  proofHeaders: () => [],
  proofInBody: () => true,
}

/** Signs with a private key (PKCS #8 PEM) among the secrets, for the topic among them; version 2 unless the body says 1. */
export const signAwsSns: Sign<CodeScheme> = async (_, { url, headers, rawBody, secrets, timestamp }) => {
  const { privateKey, others } = splitSecrets(secrets)
  const [topic] = others
  const given = parseJson(rawBody)
  if (privateKey === undefined || topic === undefined) throw new Error('signing needs the topic’s ARN and a private key')
  if (given === null || typeof given !== 'object') throw new Error('the signature is inside a JSON body')
  const fields: Record<string, unknown> = {
    Type: 'Notification',
    SignatureVersion: '2',
    SigningCertURL: SIMULATED_CERTIFICATE,
    ...given,
    TopicArn: topic,
    Timestamp: formatTimestamp(timestamp, 'iso'),
  }
  const type = String(fields['Type'])
  const content = signedContent(fields, type)
  const hash = HASHES[String(fields['SignatureVersion'])]
  if (content === undefined || hash === undefined) throw new Error('the body lacks a field of an SNS message')
  const signed = { ...fields, Signature: await signWithRsa(privateKey, hash, content) }
  return { url, headers: { [TYPE_HEADER]: type, ...headers }, rawBody: utf8(JSON.stringify(signed)) }
}

interface Message {
  type: string
  topic: string
  /** Seconds since the epoch. */
  timestamp: number
  hash: RsaHash
  signature: Uint8Array<ArrayBuffer>
  certificateUrl: string
  content: Uint8Array<ArrayBuffer>
}

function readMessage(json: unknown): Result<Message, RejectReason> {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) return err('malformed_body')
  const fields = json as Record<string, unknown>
  const type = textOf(fields, 'Type')
  const topic = textOf(fields, 'TopicArn')
  const timestamp = parseTimestamp(textOf(fields, 'Timestamp') ?? '', 'iso')
  const hash = HASHES[textOf(fields, 'SignatureVersion') ?? '']
  const signature = decodeSignature(textOf(fields, 'Signature') ?? '', 'base64')
  // AWS itself writes the name in two ways.
  const certificateUrl = textOf(fields, 'SigningCertURL') ?? textOf(fields, 'SigningCertUrl')
  const content = type === undefined ? undefined : signedContent(fields, type)
  if (type === undefined || topic === undefined || timestamp === undefined || certificateUrl === undefined)
    return err('malformed_body')
  if (hash === undefined || !signature?.length || content === undefined) return err('malformed_body')
  return ok({ type, topic, timestamp, hash, signature, certificateUrl, content })
}

/** The text that is signed; `undefined` where a field is missing or no text. */
function signedContent(fields: Readonly<Record<string, unknown>>, type: string): Uint8Array<ArrayBuffer> | undefined {
  const names = Object.hasOwn(SIGNED_FIELDS, type) ? SIGNED_FIELDS[type] : undefined
  if (names === undefined) return undefined
  let content = ''
  for (const wanted of names) {
    const name = wanted.replace('?', '')
    if (name !== wanted && !Object.hasOwn(fields, name)) continue
    const value = textOf(fields, name)
    if (value === undefined) return undefined
    content += `${name}\n${value}\n`
  }
  return utf8(content)
}

function textOf(fields: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined
  return typeof value === 'string' ? value : undefined
}

function isCertificateAddress(text: string): boolean {
  const address = parseKeyAddress(text)
  return address !== undefined && CERTIFICATE_HOST.test(address.host) && /^\/[\w.-]+\.pem$/.test(address.path)
}
