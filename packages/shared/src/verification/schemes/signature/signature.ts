/**
 * Most senders: one or more signatures in headers, over a text made from the request. Hashes are compared as the text the
 * sender would have written, in constant time; what is written otherwise (upper-case hex, sloppy base64) is no match.
 */
import type { SignatureScheme } from '../../../contracts/preset.ts'
import { utf8 } from '../../../core/bytes.ts'
import { err, ok, type Result } from '../../../core/result.ts'
import { timingSafeEqual } from '../../../core/timing-safe.ts'
import type { RejectReason, Scheme, SchemeInput, SigningSecret, StreamingVerifier, Verdict } from '../../types.ts'
import { bodyContent, type Content, fillTemplate, joinContent } from './content.ts'
import { beginHash, decodeSignature, encodeSignature, isHash, type RunningHash } from './keyed-hash.ts'
import { verifyPublicKey } from './public-key.ts'
import { type Candidate, readSignatures } from './read-signatures.ts'
import { isExtendable, textGuard } from './text-guard.ts'
import { checkAge } from './timestamps.ts'
import { waysToVerify } from './ways.ts'

export const signature: Scheme<SignatureScheme> = {
  async verify(scheme, input) {
    let refusal: RejectReason = 'unusable_secret'
    for (const { scheme: way, secrets } of waysToVerify(scheme, input.secrets)) {
      const verdict = await verifyOneWay(way, { ...input, secrets })
      if (verdict.ok) return verdict
      // What the first way that had a key says is the nearest to the truth.
      if (refusal === 'unusable_secret') refusal = verdict.error
    }
    return err(refusal)
  },
  proofHeaders: ({ headers }) => headers,
}

async function verifyOneWay(scheme: SignatureScheme, input: SchemeInput): Promise<Verdict> {
  if (!isHash(scheme.algorithm)) return verifyWithPublicKey(scheme, input)
  const opened = beginSignature(scheme, input, () => input.rawBody)
  if (!opened.ok) return opened
  opened.value.update(bodyContent(scheme.template, input.rawBody))
  return opened.value.finish()
}

/** Whether it can be verified while the body passes: one hash over raw bytes that need not be looked into. */
export function streams(scheme: SignatureScheme, secrets: readonly SigningSecret[]): boolean {
  const [way, ...others] = waysToVerify(scheme, secrets)
  return (
    way.scheme === scheme &&
    others.length === 0 &&
    isHash(scheme.algorithm) &&
    scheme.timestamp?.from.kind !== 'body' &&
    scheme.signs !== 'decompressed' &&
    scheme.template.includes('{body}')
  )
}

interface Expectation {
  candidate: Candidate
  secret: SigningSecret
  hash: RunningHash
  tail: Uint8Array
}

/** Begins to verify a body that comes in pieces. Only for schemes that {@link streams}; others give `rawBody` too. */
export function beginSignature(
  scheme: SignatureScheme,
  input: Omit<SchemeInput, 'rawBody'>,
  rawBody: () => Uint8Array<ArrayBuffer>,
): Result<StreamingVerifier, RejectReason> {
  const { algorithm } = scheme
  if (!isHash(algorithm)) throw new Error('public-key signatures need the whole body')
  const timely = readTimely(scheme, input, rawBody)
  if (!timely.ok) return timely
  const expectations: Expectation[] = []
  const hashes = new Map<string, RunningHash>()
  let usable = false
  for (const secret of input.secrets) {
    for (const candidate of timely.value) {
      const content = contentOf(scheme, input, candidate, secret.secret)
      if (content === undefined) return err('missing_header')
      const id = `${input.secrets.indexOf(secret)} ${candidate.timestampText}`
      const hash = hashes.get(id) ?? beginHash(algorithm, secret.secret)
      if (hash === undefined) continue
      usable = true
      if (!hashes.has(id)) hash.update(content.head)
      hashes.set(id, hash)
      expectations.push({ candidate, secret, hash, tail: content.tail })
    }
  }
  input.explain('A secret can be a key of this scheme', usable)
  if (!usable) return err('unusable_secret')
  const text = isExtendable(algorithm) ? textGuard() : undefined
  return ok({
    update: (chunk) => {
      text?.update(chunk)
      hashes.forEach((hash) => hash.update(chunk))
    },
    finish: () => (text === undefined || text.isText() ? compare(scheme, input, expectations) : err('malformed_body')),
  })
}

function compare(scheme: SignatureScheme, input: Omit<SchemeInput, 'rawBody'>, expectations: readonly Expectation[]): Verdict {
  const digests = new Map<RunningHash, Uint8Array>()
  let matched: Expectation | undefined
  // Every pair is compared, so the time does not tell which one matched.
  for (const expectation of expectations) {
    const { hash, tail, candidate } = expectation
    if (!digests.has(hash)) {
      hash.update(tail)
      digests.set(hash, utf8(encodeSignature(hash.digest(), scheme.encoding)))
    }
    if (timingSafeEqual(digests.get(hash)!, utf8(candidate.signature))) matched ??= expectation
  }
  input.explain('The signature matches', matched !== undefined, matched && `under the ${matched.secret.label} secret`)
  return matched ? ok(facts(matched.candidate, matched.secret, input.now)) : err('no_match')
}

async function verifyWithPublicKey(scheme: SignatureScheme, input: SchemeInput): Promise<Verdict> {
  const { algorithm } = scheme
  if (isHash(algorithm)) throw new Error('hashes have no public key')
  const timely = readTimely(scheme, input, () => input.rawBody)
  if (!timely.ok) return timely
  let usable = false
  for (const secret of input.secrets) {
    for (const candidate of timely.value) {
      const content = contentOf(scheme, input, candidate, secret.secret)
      if (content === undefined) return err('missing_header')
      const bytes = decodeSignature(candidate.signature, scheme.encoding)
      const signed = joinContent(content, bodyContent(scheme.template, input.rawBody))
      const matches = await verifyPublicKey(algorithm, secret.secret, bytes ?? new Uint8Array(1), signed)
      usable ||= matches !== undefined
      if (!matches || bytes === undefined) continue
      input.explain('The signature matches', true, `under the ${secret.label} key`)
      return ok(facts(candidate, secret, input.now))
    }
  }
  input.explain(usable ? 'The signature matches' : 'A configured key is a public key of this scheme', false)
  return err(usable ? 'no_match' : 'unusable_secret')
}

/** The signatures whose time is within the tolerance, after the headers that must be there. */
function readTimely(
  scheme: SignatureScheme,
  input: Omit<SchemeInput, 'rawBody'>,
  rawBody: () => Uint8Array<ArrayBuffer>,
): Result<Candidate[], RejectReason> {
  for (const required of scheme.requiredHeaders ?? []) {
    const wanted = 'value' in required ? required.value : input.settings[required.setting]
    const matches = wanted !== undefined && [wanted].flat().includes(input.headers.get(required.name) ?? '')
    input.explain(`The header ${required.name} is as agreed`, matches)
    if (wanted === undefined) return err('unusable_secret')
    if (!matches) return err('malformed_header')
  }
  const read = readSignatures(scheme, input.headers, rawBody)
  input.explain(`A signature is in ${scheme.headers.join(' or ')}`, read.ok, read.ok ? undefined : read.error)
  if (!read.ok) return read
  if (scheme.timestamp === null) return read
  const { tolerance } = scheme.timestamp
  const ages = read.value.map((candidate) => checkAge(exactAge(candidate, scheme, input.now), tolerance, input.toleranceSeconds))
  const timely = read.value.filter((_, i) => ages[i] === undefined)
  const [reason] = ages
  input.explain('The signed time is within the tolerance', timely.length > 0, `${ageOf(read.value[0]!, input.now)} s old`)
  return timely.length === 0 && reason !== undefined ? err(reason) : ok(timely)
}

/** In seconds; a time that is signed in whole seconds ages by whole seconds. */
function exactAge({ signedAt }: Candidate, { timestamp }: SignatureScheme, now: number): number {
  const at = timestamp?.unit === 'seconds' ? Math.floor(now / 1000) * 1000 : now
  return signedAt === null ? 0 : (at - signedAt) / 1000
}

function ageOf(candidate: Candidate, now: number): number | null {
  const timestamp = secondsOf(candidate)
  return timestamp === null ? null : Math.floor(now / 1000) - timestamp
}

function secondsOf({ signedAt }: Candidate): number | null {
  return signedAt === null ? null : Math.floor(signedAt / 1000)
}

function contentOf(
  scheme: SignatureScheme,
  { method, url, headers, settings }: Omit<SchemeInput, 'rawBody'>,
  { timestampText }: Candidate,
  secret: string,
): Content | undefined {
  return fillTemplate(scheme.template, { timestampText, secret, method, url, headers, settings })
}

function facts(candidate: Candidate, secret: SigningSecret, now: number) {
  const age = ageOf(candidate, now)
  return { scheme: 'signature' as const, secret: secret.label, timestamp: secondsOf(candidate), ageSeconds: age }
}
