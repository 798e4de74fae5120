import type { Preset } from '../contracts/preset.ts'
import { err, ok, type Result } from '../core/result.ts'
import { mayBeChallenge } from './handshakes/read.ts'
import { SCHEMES } from './schemes/index.ts'
import { beginSignature, streams } from './schemes/signature/signature.ts'
import type { ProviderSettings, RejectReason, Scheme, SchemeInput, StreamingVerifier, Verdict, Verification } from './types.ts'

/** {@link SchemeInput} with what is optional left out. */
export type VerifyInput = Omit<SchemeInput, 'explain'> & { preset: Preset; explain?: SchemeInput['explain'] }

/** Proves that a request comes from the sender the preset describes, under one of the secrets. No clock, no I/O but `fetchKey`. */
export async function verify({ preset, explain = () => {}, ...input }: VerifyInput): Promise<Verdict> {
  // Anybody may ask for the hash of a token, as X does.
  if (preset.handshakes.includes('x-crc') && mayBeChallenge(input.rawBody)) {
    explain('The body is none that we would sign for strangers', false)
    return err('malformed_body')
  }
  return schemeOf(preset.verification).verify(preset.verification, { ...input, explain })
}

/**
 * Begins to verify a body that is too large to hold, where the scheme can: `needs_whole_body` where it cannot. What is fed to
 * the verifier are the raw bytes, in order.
 */
export async function beginVerify({
  preset,
  explain = () => {},
  ...input
}: Omit<VerifyInput, 'rawBody'>): Promise<Result<StreamingVerifier, RejectReason> | 'needs_whole_body'> {
  const { verification } = preset
  if (verification.scheme === 'signature' && streams(verification, input.secrets)) {
    return beginSignature(verification, { ...input, explain }, () => new Uint8Array())
  }
  if (!provesWithoutBody(verification)) return 'needs_whole_body'
  const verdict = await verify({ ...input, preset, explain, rawBody: new Uint8Array() })
  return verdict.ok ? ok({ update: () => {}, finish: () => verdict }) : verdict
}

/** Whether the proof stands outside the body, as a shared token in a header does. */
function provesWithoutBody(verification: Verification): boolean {
  if (verification.scheme === 'token') return verification.from.every(({ kind }) => kind !== 'body')
  if (verification.scheme === 'jwt') return verification.checks.every((check) => check.kind !== 'hash' || check.of !== 'body')
  return verification.scheme === 'none' || verification.scheme === 'azure-event-grid'
}

/** The query parameters that carry proof, left out of what is stored. */
export function proofParameters({ verification }: Preset, settings: ProviderSettings = {}): readonly string[] {
  if (verification.scheme !== 'token') return schemeOf(verification).proofParameters?.(verification, settings) ?? []
  return verification.from.flatMap((place) => (place.kind === 'query' ? place.name : []))
}

/** The headers that carry proof, redacted before anything is stored. Lower case. */
export function proofHeaders(preset: Preset): readonly string[] {
  return schemeOf(preset.verification).proofHeaders(preset.verification)
}

/** Whether the proof stands in the body, which then is shown to nobody. */
export function proofIsInBody({ verification }: Preset): boolean {
  return schemeOf(verification).proofInBody?.(verification) ?? false
}

/** Whether what is signed of a compressed body is its content, and not the bytes that came. */
export function signsContent({ verification }: Preset): boolean {
  return verification.scheme === 'signature' && verification.signs === 'decompressed'
}

/** The code of a scheme, typed for any of them: each is only ever given its own data. */
export function schemeOf(verification: Verification): Scheme<Verification> {
  return SCHEMES[verification.scheme] as unknown as Scheme<Verification>
}
