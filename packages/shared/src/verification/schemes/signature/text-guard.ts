import type { Algorithm } from '../../../contracts/preset.ts'

/** Says whether what passed was valid UTF-8. */
export interface TextGuard {
  update(chunk: Uint8Array): void
  isText(): boolean
}

/**
 * Whether whoever saw one signature can make that of a longer body without the secret (length extension): a plain SHA-256 whose
 * secret stands first, as at HubSpot. HMAC is made against it, and Keccak cannot be extended.
 */
export function isExtendable(algorithm: Algorithm): boolean {
  return algorithm.kind === 'digest' && algorithm.hash === 'SHA-256'
}

/** A body grown that way goes on with a byte 0x80 after its last character, which no UTF-8 does; the senders' JSON always is. */
export function textGuard(): TextGuard {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let broken = false
  const decode = (...given: Parameters<TextDecoder['decode']>) => {
    try {
      if (!broken) decoder.decode(...given)
    } catch {
      broken = true
    }
  }
  return {
    update: (chunk) => decode(chunk, { stream: true }),
    isText: () => {
      decode()
      return !broken
    },
  }
}
