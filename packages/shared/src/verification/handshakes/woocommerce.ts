import { empty } from './reply.ts'
import type { Handshake } from './types.ts'

/**
 * When a webhook is saved, its number comes as a form, unsigned, and wants a 200: nothing is done with it.
 * `deliver_ping` in https://github.com/woocommerce/woocommerce/blob/trunk/plugins/woocommerce/includes/class-wc-webhook.php
 */
export const woocommerce: Handshake = {
  method: 'POST',
  proof: 'none',
  answer({ headers, body }) {
    const [field, ...others] = body.form ?? []
    if (headers.get('x-wc-webhook-signature') !== null || field === undefined || others.length > 0) return undefined
    const [name, value] = field
    return name === 'webhook_id' && /^\d{1,20}$/.test(value) ? { kind: 'reply', reply: empty() } : undefined
  },
}
