import type { Preset } from '../contracts/preset.ts'
import { SIGNERS } from './schemes/signers.ts'
import type { Sign, SignedRequest, SignInput, Verification } from './types.ts'

/** The request a sender of this preset would send: the inverse of `verify`, for test events, probes and simulated senders. */
export async function sign({ preset, ...input }: SignInput & { preset: Preset }): Promise<SignedRequest> {
  // Each is only ever given its own data.
  const signer = SIGNERS[preset.verification.scheme] as unknown as Sign<Verification>
  return signer(preset.verification, input)
}
