import { decodeUtf8 } from '../core/bytes.ts'

/** The body looked into. What it is not is `undefined`. */
export interface ParsedBody {
  json: unknown
  /** Fields of a form, in order; of a multipart body only those that are no files. */
  form: readonly (readonly [name: string, value: string])[] | undefined
  text: string | undefined
}

/** Nothing was looked into: the body is large, damaged, or in an encoding that we do not read. */
export const NOTHING_READ: ParsedBody = { json: undefined, form: undefined, text: undefined }

/** The JSON value these bytes spell, or `undefined`. A byte-order mark is no JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes)
  return text === undefined ? undefined : parseJsonText(text)
}

/** The value a JSON text spells, or `undefined`. */
export function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Looks into a body by its content type; what claims to be no form is tried as JSON, since senders lie about it. */
export async function parseBody(contentType: string | null, bytes: Uint8Array<ArrayBuffer>): Promise<ParsedBody> {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const text = decodeUtf8(bytes)
  if (type === 'application/x-www-form-urlencoded') {
    return { json: undefined, form: text === undefined ? undefined : [...new URLSearchParams(text)], text }
  }
  if (type === 'multipart/form-data') return { json: undefined, form: await parseMultipart(contentType ?? '', bytes), text }
  return { json: text === undefined ? undefined : parseJsonText(text), form: undefined, text }
}

async function parseMultipart(contentType: string, bytes: Uint8Array<ArrayBuffer>): Promise<ParsedBody['form']> {
  try {
    const data = await new Response(bytes, { headers: { 'content-type': contentType } }).formData()
    return [...data].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []))
  } catch {
    return undefined
  }
}
