/** A request as it is mutated. */
export interface Wire {
  method: string
  url: string
  headers: Headers
  body: Uint8Array<ArrayBuffer>
}

/** What a request proves: any one of the proofs is enough, and all of them cover the content. */
export interface Covered {
  proofs: readonly string[]
  /** Compared deeply. What cannot be read is `null`. */
  content: unknown
}

export type Reader = (request: Wire) => Covered

export function bytesOf({ body }: Wire): string {
  return Buffer.from(body).toString('latin1')
}

export function textOf({ body }: Wire): string {
  return Buffer.from(body).toString('utf8')
}

export function jsonOf(request: Wire): unknown {
  return parse(textOf(request))
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A dotted path of own properties. */
export function field(json: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, step) => {
    const there = value !== null && typeof value === 'object' && Object.hasOwn(value, step)
    return there ? (value as Record<string, unknown>)[step] : undefined
  }, json)
}

/** The fields of an urlencoded form, in order; `undefined` for any other body. */
export function formOf(request: Wire): [name: string, value: string][] | undefined {
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  return type === 'application/x-www-form-urlencoded' ? [...new URLSearchParams(textOf(request))] : undefined
}

/** The value of a field that is there once. */
export function once(form: readonly (readonly [string, string])[] | undefined, name: string): string | undefined {
  const values = form?.flatMap(([key, value]) => (key === name ? [value] : [])) ?? []
  return values.length === 1 ? values[0] : undefined
}

/** A value of JSON as text: `7` and `"7"` are one. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
