import { fields, setting } from './read.ts'
import { json } from './reply.ts'
import type { Handshake } from './types.ts'

/**
 * A signed PING: type 1 at an interactions endpoint, type 0 at an endpoint of webhook events, where type 1 is an event. The setting
 * `endpoint` tells which of them this is; `interactions`, or else webhook events.
 * https://discord.com/developers/docs/events/webhook-events#preparing-for-events
 */
export const discord: Handshake = {
  method: 'POST',
  proof: 'signature',
  answer(input) {
    const { type } = fields(input)
    if (setting(input, 'endpoint') === 'interactions') return type === 1 ? json({ type: 1 }) : undefined
    if (type !== 0) return undefined
    return { kind: 'reply', reply: { status: 204, headers: { 'content-type': 'application/json' }, body: null } }
  },
}
