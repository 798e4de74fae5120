import { signHmac } from './hmac.ts'
import type { Preset } from './preset.ts'

export interface SignInput {
  preset: Preset
  rawBody: Uint8Array<ArrayBuffer>
  /** Several where a sender signs with several, as it does while a secret is being rolled. */
  secrets: readonly string[]
  /** Seconds since the epoch. */
  timestamp: number
}

/** The headers a sender of this preset would send: the inverse of `verify`, for tests, probes and simulated senders. */
export async function sign(input: SignInput): Promise<Record<string, string>> {
  switch (input.preset.verification.scheme) {
    case 'hmac':
      return signHmac(input.preset.verification, input.rawBody, input.secrets, input.timestamp)
  }
}
