import { verifyHmac } from './hmac.ts'
import type { Preset } from './preset.ts'
import type { HeaderReader, SigningSecret, Verdict } from './types.ts'

export interface VerifyInput {
  preset: Preset
  /** The bytes as they came, never re-serialised. */
  rawBody: Uint8Array<ArrayBuffer>
  headers: HeaderReader
  secrets: readonly SigningSecret[]
  /** ms since the epoch. */
  now: number
  /** Replaces the preset's tolerance, for the past and for the future. */
  toleranceSeconds?: number | undefined
}

/** Proves that a request comes from the sender the preset describes, under one of the secrets. Pure: no clock, no I/O. */
export async function verify(input: VerifyInput): Promise<Verdict> {
  const { preset, toleranceSeconds, ...rest } = input
  const tolerance =
    toleranceSeconds === undefined ? preset.tolerance : { pastSeconds: toleranceSeconds, futureSeconds: toleranceSeconds }
  switch (preset.verification.scheme) {
    case 'hmac':
      return verifyHmac(preset.verification, { ...rest, tolerance })
  }
}
