import { empty } from './reply.ts'
import type { Handshake } from './types.ts'

/** Trello, Mandrill and Intercom ask with `HEAD` whether anything is there. */
export const head: Handshake = { method: 'HEAD', proof: 'none', answer: () => ({ kind: 'reply', reply: empty() }) }

/** Mailchimp asks the same with `GET`. */
export const get: Handshake = { method: 'GET', proof: 'none', answer: () => ({ kind: 'reply', reply: empty() }) }
