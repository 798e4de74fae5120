/** Ids and times of one story that the examples tell: a subscription changes at Stripe, and billing hears of it. */
export const WEBHOOK = 'whk_0001KC5W3V9Q7X2M4N6P8R0S1T3V'
export const JOB = 'job_0001KC5W3VB2C4D6E8F0G1H3J5K7'
export const REQUEST = 'req_0001KC5W3VD1E3F5G7H9J0K2M4N6'
export const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
export const REASON = 'The upstream is repaired: INC-4711.'
export const RECEIVED_AT = '2026-11-30T09:14:05.120Z'
export const ENDED_AT = '2026-11-30T09:14:05.480Z'

/** What the answer to a change says of it. */
export const CHANGED = { configRevision: 18, auditSeq: 4_711 }
/** What a page of configuration says of itself. */
export const ALL = { nextCursor: null, configRevision: 17 }
