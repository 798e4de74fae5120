import type { HandshakeName, Preset } from '../contracts/preset.ts'
import { utf8 } from '../core/bytes.ts'
import { answerHandshake, type HandshakeInput } from '../verification/handshakes/index.ts'
import { parseBody } from '../verification/parsed-body.ts'
import { preset as stripe } from '../verification/presets/stripe.ts'

const ADDRESS = 'https://ingress.example.test/webhooks/sender'

/** A request that may be a handshake; what is left out is ordinary. */
export interface Question extends Partial<Omit<HandshakeInput, 'body' | 'headers' | 'secrets'>> {
  query?: string
  headers?: Record<string, string>
  /** A text is sent as it is, anything else as JSON. */
  body?: unknown
  secret?: string
}

/** A preset of these handshakes. */
export function presetWith(...handshakes: HandshakeName[]): Preset {
  return { ...stripe, handshakes }
}

/** Asks one handshake. */
export async function ask(handshake: HandshakeName, question: Question) {
  const { query = '', body = '', secret, ...rest } = question
  const headers = new Headers(question.headers)
  const rawBody = utf8(typeof body === 'string' ? body : JSON.stringify(body))
  return answerHandshake(presetWith(handshake), {
    method: 'POST',
    url: ADDRESS + query,
    verified: false,
    settings: {},
    hasSecret: secret !== undefined,
    now: 1_760_000_000_000,
    ...rest,
    headers,
    secrets: secret === undefined ? [] : [{ label: 'current', secret }],
    body: await parseBody(headers.get('content-type'), rawBody),
    rawBody,
  })
}
