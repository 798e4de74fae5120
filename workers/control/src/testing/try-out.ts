import { type TryResponse } from '@orchestrator/shared/contracts/sender-api'
import type { Preset } from '@orchestrator/shared/contracts/preset'
import { utf8 } from '@orchestrator/shared/core/bytes'
import { sign } from '@orchestrator/shared/verification/sign'
import { answer } from './harness.ts'
import { write } from './config.ts'

/** An event as Stripe sends it, and when. */
export const BODY = '{"id":"evt_1","type":"customer.subscription.updated","data":{"object":{"id":"sub_1","plan":"pro"}}}'
export const AT = 1_760_000_000

export const tryOut = (id: string, body: object): Promise<TryResponse> =>
  answer<TryResponse>(write('POST', `/v1/providers/${id}/try`, body, { as: 'viewer' }))

/** The headers with which a sender of this preset would send a body. */
export async function signed(preset: Preset, secret: string, body = BODY, at = AT): Promise<Record<string, string>> {
  const url = 'https://ingress.internal/webhooks/x'
  const input = { method: 'POST', url, rawBody: utf8(body), contentType: 'application/json', headers: {}, settings: {} }
  return (await sign({ preset, ...input, secrets: [secret], timestamp: at })).headers
}
