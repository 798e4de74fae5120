import { utf8 } from '../../../core/bytes.ts'
import type { HeaderReader, ProviderSettings } from '../../types.ts'
import { crc32 } from '../../crc32.ts'
import { decodeReserved } from '../../url.ts'

/** What stands before and after the body in the signed content. */
export interface Content {
  head: Uint8Array<ArrayBuffer>
  tail: Uint8Array<ArrayBuffer>
}

export interface TemplateValues {
  timestampText: string
  secret: string
  method: string
  url: string
  headers: HeaderReader
  settings: ProviderSettings
}

const PLACEHOLDER = /\{([a-z0-9_|:-]+)\}/gi
const BODY = /\{body(?::crc32)?\}/

/** Fills a template in. `undefined`: a header or setting it names is not there. The body itself is never decoded. */
export function fillTemplate(template: string, values: TemplateValues): Content | undefined {
  const body = BODY.exec(template)
  if (body === null) return undefined
  const head = fillText(template.slice(0, body.index), values)
  const tail = fillText(template.slice(body.index + body[0].length), values)
  return head === undefined || tail === undefined ? undefined : { head: utf8(head), tail: utf8(tail) }
}

/** What stands for the body: its bytes, or its CRC-32 in decimal. */
export function bodyContent(template: string, rawBody: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return template.includes('{body:crc32}') ? utf8(String(crc32(rawBody))) : rawBody
}

/** The signed content in one piece. */
export function joinContent({ head, tail }: Content, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const content = new Uint8Array(head.length + body.length + tail.length)
  content.set(head)
  content.set(body, head.length)
  content.set(tail, head.length + body.length)
  return content
}

/** The headers whose values a template signs, each with its alternatives. */
export function signedHeaders(template: string): string[][] {
  return [...template.matchAll(/\{header:([a-z0-9_|-]+)\}/g)].map(([, names = '']) => names.split('|'))
}

function fillText(text: string, values: TemplateValues): string | undefined {
  let missing = false
  const filled = text.replace(PLACEHOLDER, (_, name: string) => {
    const value = valueOf(name, values)
    if (value === undefined) missing = true
    return value ?? ''
  })
  return missing ? undefined : filled
}

function valueOf(name: string, values: TemplateValues): string | undefined {
  const [kind, argument = ''] = name.split(':', 2)
  switch (kind) {
    case 'timestamp':
      return values.timestampText
    case 'secret':
      return values.secret
    case 'method':
      return values.method
    case 'url':
      return argument === 'decoded' ? decodeReserved(values.url) : values.url
    case 'header':
      // An empty header is none, as the libraries of senders see it.
      return argument.split('|').flatMap((header) => values.headers.get(header) || [])[0]
    case 'setting': {
      const setting = values.settings[argument]
      return typeof setting === 'string' ? setting : undefined
    }
    default:
      return undefined
  }
}
