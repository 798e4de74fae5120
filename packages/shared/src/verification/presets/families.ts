import type { FactSource, KeyText, Preset, SignatureScheme, SimpleFact, Tolerance } from '../../contracts/preset.ts'

/** What most presets have: events by POST, no handshake, our JSON as the answer. */
export const COMMON = {
  bodyAuthenticated: true,
  methods: ['POST'],
  handshakes: [],
  reply: { status: 200, body: { kind: 'result' } },
} as const satisfies Partial<Preset> as Pick<Preset, 'bodyAuthenticated' | 'methods' | 'handshakes' | 'reply'>

export const FIVE_MINUTES: Tolerance = { pastSeconds: 300, futureSeconds: 300 }

interface BodyHmac {
  header: string
  prefix?: string
  /** Where the header may list several signatures. */
  separator?: string
  encoding?: SignatureScheme['encoding']
  hash?: 'SHA-1' | 'SHA-256' | 'SHA-512'
  key?: KeyText
}

/** HMAC over the raw body in a header of its own. */
export function bodyHmac({ header, prefix = '', separator, encoding = 'hex', hash = 'SHA-256', key }: BodyHmac): SignatureScheme {
  return {
    scheme: 'signature',
    algorithm: { kind: 'hmac', hash, key: key ?? { encoding: 'utf8' } },
    headers: [header],
    format: { kind: 'whole', prefix, ...(separator !== undefined && { separator }) },
    encoding,
    template: '{body}',
    timestamp: null,
  }
}

interface TimedPairs {
  header: string
  /** The signature's name beside `t`. */
  name?: string
  unit?: 'seconds' | 'milliseconds'
  tolerance: Tolerance
}

/** `t=<time>,v1=<hex>` in one header, over `{t}.{body}`, as Stripe began it. */
export function timedPairs({ header, name = 'v1', unit = 'seconds', tolerance }: TimedPairs): SignatureScheme {
  return {
    scheme: 'signature',
    algorithm: { kind: 'hmac', hash: 'SHA-256', key: { encoding: 'utf8' } },
    headers: [header],
    format: { kind: 'pairs', separator: ',', name },
    encoding: 'hex',
    template: '{timestamp}.{body}',
    timestamp: { from: { kind: 'pair', name: 't' }, unit, tolerance },
  }
}

/** A fact at a dotted path of the JSON body. */
export function inBody(path: string): SimpleFact & { kind: 'body' } {
  return { kind: 'body', path }
}

/** A fact in a header. */
export function inHeader(name: string): SimpleFact & { kind: 'header' } {
  return { kind: 'header', name }
}

/** Facts that make one text together, as `<resource>.<action>`; all of them must be there. */
export function joined(separator: string, ...of: SimpleFact[]): FactSource & { kind: 'join' } {
  return { kind: 'join', of, separator }
}

/** The first of these facts that is there. */
export function firstOf(...of: Exclude<FactSource, { kind: 'first' }>[]): FactSource {
  return { kind: 'first', of }
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, symmetric (v1). */
export function standardWebhooks(names: 'webhook' | 'svix' = 'webhook'): SignatureScheme {
  const all = (part: string) => (names === 'svix' ? [`svix-${part}`, `webhook-${part}`] : [`webhook-${part}`])
  return {
    scheme: 'signature',
    algorithm: { kind: 'hmac', hash: 'SHA-256', key: { encoding: 'base64', prefix: 'whsec_' } },
    headers: all('signature'),
    format: { kind: 'whole', prefix: 'v1,', separator: ' ' },
    encoding: 'base64',
    template: `{header:${all('id').join('|')}}.{timestamp}.{body}`,
    timestamp: { from: { kind: 'header', names: all('timestamp') }, unit: 'seconds', tolerance: FIVE_MINUTES },
  }
}
