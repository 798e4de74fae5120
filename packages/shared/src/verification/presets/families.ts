import type { Preset, SignatureScheme, Tolerance } from '../../contracts/preset.ts'

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
  encoding?: SignatureScheme['encoding']
  hash?: 'SHA-1' | 'SHA-256' | 'SHA-512'
}

/** One HMAC over the raw body, whole in its header. */
export function bodyHmac({ header, prefix = '', encoding = 'hex', hash = 'SHA-256' }: BodyHmac): SignatureScheme {
  return {
    scheme: 'signature',
    algorithm: { kind: 'hmac', hash, key: { encoding: 'utf8' } },
    headers: [header],
    format: { kind: 'whole', prefix },
    encoding,
    template: '{body}',
    timestamp: null,
  }
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
