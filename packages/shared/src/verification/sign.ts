import type { Preset } from '../contracts/preset.ts'
import type { SignedRequest, SignInput } from './types.ts'
import { schemeOf } from './verify.ts'

/** The request a sender of this preset would send: the inverse of `verify`, for test events, probes and simulated senders. */
export async function sign({ preset, ...input }: SignInput & { preset: Preset }): Promise<SignedRequest> {
  return schemeOf(preset.verification).sign(preset.verification, input)
}
