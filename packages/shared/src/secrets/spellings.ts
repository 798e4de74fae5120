import { toBase64, toHex, utf8 } from '../core/bytes.ts'

/** Shorter ones would be found everywhere. */
const MIN_LENGTH = 4
/** The same for spellings that look like nothing in particular. */
const MIN_ENCODED_LENGTH = 8

/**
 * How secrets may stand in a text, the longest first, since one may be part of another: as they are, in JSON (also in a JSON text inside
 * another), in a URL or form, in hex, and in base64, wherever they begin in it.
 */
export function spellings(secrets: readonly string[]): string[] {
  const wanted = [...new Set(secrets)].filter(({ length }) => length >= MIN_LENGTH)
  // What is encoded with another one in it has that one's encoding in it.
  const inmost = wanted.filter((one) => !wanted.some((other) => other !== one && one.includes(other)))
  const all = new Set([...wanted.flatMap(asText), ...inmost.flatMap(encoded)])
  return [...all].toSorted((a, b) => b.length - a.length)
}

function asText(secret: string): string[] {
  const json = inJson(secret)
  const form = new URLSearchParams({ '': secret }).toString().slice(1)
  return [secret, json, inJson(json), encodeURIComponent(secret.toWellFormed()), form]
}

function encoded(secret: string): string[] {
  const hex = toHex(utf8(secret))
  const all = [hex, hex.toUpperCase(), ...[0, 1, 2].flatMap((offset) => inBase64(secret, offset))]
  return all.filter(({ length }) => length >= MIN_ENCODED_LENGTH)
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

/** The characters of a base64 text that the secret alone decides, where so many bytes stand before it in its group of three. */
function inBase64(secret: string, offset: number): string[] {
  const bytes = utf8(secret)
  const padded = new Uint8Array(offset + bytes.byteLength)
  padded.set(bytes, offset)
  const text = toBase64(padded).slice(Math.ceil((offset * 8) / 6), Math.floor((padded.byteLength * 8) / 6))
  return [text, text.replaceAll('+', '-').replaceAll('/', '_')]
}
