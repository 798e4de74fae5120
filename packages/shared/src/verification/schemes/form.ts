import { decodeUtf8, utf8 } from '../../core/bytes.ts'

export type Fields = readonly (readonly [name: string, value: string])[]

/** The fields of an urlencoded form, in order; `undefined` for any other body. */
export function readUrlEncoded(contentType: string | null, rawBody: Uint8Array): Fields | undefined {
  if (contentType?.split(';', 1)[0]?.trim().toLowerCase() !== 'application/x-www-form-urlencoded') return undefined
  const text = decodeUtf8(rawBody)
  return text === undefined ? undefined : [...new URLSearchParams(text)]
}

/** The value of a field that is there exactly once: of two, one could be verified and the other read. */
export function onlyField(fields: Fields, name: string): string | undefined {
  const values = fields.flatMap(([key, value]) => (key === name ? [value] : []))
  return values.length === 1 ? values[0] : undefined
}

/** Whether a name comes up more than once. */
export function repeatsNames(fields: Fields): boolean {
  return new Set(fields.map(([name]) => name)).size < fields.length
}

/** The bytes of an urlencoded form. */
export function urlEncoded(fields: Fields): Uint8Array<ArrayBuffer> {
  return utf8(new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])).toString())
}
