/** A queue message holds 128 KB with its envelope; this leaves room for that. */
export const MAX_MESSAGE_BYTES = 100_000
/** Kind, inbox id and the framing of the `v8` format. */
const ENVELOPE_BYTES = 256

/**
 * Whether a text can be the body of one `v8` message. That format spends one byte a character while all of them are Latin-1,
 * and two as soon as one is not.
 */
export function fitsInMessage(text: string): boolean {
  if (text.length + ENVELOPE_BYTES > MAX_MESSAGE_BYTES) return false
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0xff) return text.length * 2 + ENVELOPE_BYTES <= MAX_MESSAGE_BYTES
  }
  return true
}
