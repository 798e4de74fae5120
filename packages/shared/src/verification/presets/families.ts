import type { FactSource, KeyText, Preset, SignatureScheme, SimpleFact, Tolerance, TokenScheme } from '../../contracts/preset.ts'

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
  /** `padded`: spaces may be around the pairs. */
  style?: 'padded' | 'exact'
}

/** `t=<time>,v1=<hex>` in one header, over `{t}.{body}`, as Stripe began it. */
export function timedPairs({ header, name = 'v1', unit = 'seconds', tolerance, style }: TimedPairs): SignatureScheme {
  return {
    scheme: 'signature',
    algorithm: { kind: 'hmac', hash: 'SHA-256', key: { encoding: 'utf8' } },
    headers: [header],
    format: { kind: 'pairs', separator: ',', name, ...(style !== undefined && { style }) },
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

/** A fact in a field of a form. */
export function inForm(name: string): SimpleFact & { kind: 'form' } {
  return { kind: 'form', name }
}

/** A fact in the query. */
export function inQuery(name: string): SimpleFact & { kind: 'query' } {
  return { kind: 'query', name }
}

/** Duplicates are told by what was signed, which a scheme hashes: the body around it can be written in other ways. */
export const SIGNED_CONTENT: Preset['dedupe'] = { by: 'fields', fields: [{ kind: 'claim', name: 'signed' }] }

/** Facts that make one text together, as `<resource>.<action>`; all of them must be there. */
export function joined(separator: string, ...of: SimpleFact[]): FactSource & { kind: 'join' } {
  return { kind: 'join', of, separator }
}

/** The first of these facts that is there. */
export function firstOf(...of: Exclude<FactSource, { kind: 'first' }>[]): FactSource {
  return { kind: 'first', of }
}

interface VersionedHmac {
  header: string
  timeHeader: string
  version: string
  unit?: 'seconds' | 'iso-utc'
  tolerance: Tolerance
  /** Where the header may list several signatures. */
  separator?: string
}

/** `v0=<hex>` over `v0:{time}:{body}`, the time in a header of its own, as Slack began it. */
export function versionedHmac(given: VersionedHmac): SignatureScheme {
  const { header, timeHeader, version, unit = 'seconds', tolerance, separator } = given
  return {
    scheme: 'signature',
    algorithm: { kind: 'hmac', hash: 'SHA-256', key: { encoding: 'utf8' } },
    headers: [header],
    format: { kind: 'whole', prefix: `${version}=`, ...(separator !== undefined && { separator }) },
    encoding: 'hex',
    template: `${version}:{timestamp}:{body}`,
    timestamp: { from: { kind: 'header', names: [timeHeader] }, unit, tolerance },
  }
}

interface StandardWebhooks {
  /** How header names may begin; the first is the sender's own. */
  headers?: readonly [string, ...string[]]
  key?: KeyText
  /** Whether the sender may sign with a private key (v1a), checked with its public key (`whpk_…`). */
  asymmetric?: boolean
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export function standardWebhooks(given: StandardWebhooks = {}): SignatureScheme {
  const { headers = ['webhook'], key = { encoding: 'base64', prefix: 'whsec_' }, asymmetric = false } = given
  const all = (part: string) => headers.map((name) => `${name}-${part}`)
  return {
    scheme: 'signature',
    algorithm: { kind: 'hmac', hash: 'SHA-256', key },
    headers: all('signature'),
    format: { kind: 'whole', prefix: 'v1,', separator: ' ' },
    encoding: 'base64',
    ...(asymmetric && {
      alternatives: [
        {
          keyPrefix: 'whpk_',
          algorithm: { kind: 'ed25519', key: 'raw-base64' },
          format: { kind: 'whole', prefix: 'v1a,', separator: ' ' },
        },
      ],
    }),
    template: `{header:${all('id').join('|')}}.{timestamp}.{body}`,
    timestamp: { from: { kind: 'header', names: all('timestamp') }, unit: 'seconds', tolerance: FIVE_MINUTES },
  }
}

/** What events of Standard Webhooks share: the id is in a header, signed, and the same in every attempt. */
export const SIGNED_ID = {
  ...COMMON,
  eventId: inHeader('webhook-id'),
  eventType: inBody('type'),
  dedupe: { by: 'id' },
} as const satisfies Partial<Preset>

/** The same under Svix's header names, which its libraries take beside the plain ones. */
export const SVIX_HEADERS = ['svix', 'webhook'] as const
export const SVIX_ID = {
  ...SIGNED_ID,
  eventId: firstOf(inHeader('svix-id'), inHeader('webhook-id')),
} as const satisfies Partial<Preset>

/** A shared token: nothing of the body is covered. */
export function sharedToken(...from: TokenScheme['from']): Pick<Preset, 'verification' | 'bodyAuthenticated'> {
  return { verification: { scheme: 'token', from }, bodyAuthenticated: false }
}
