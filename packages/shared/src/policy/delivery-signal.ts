import type { CallEnd } from './types.ts'

/**
 * What a receiver says about further deliveries, in the header `webhook-delivery` of its answer: `abort-message` (do not send
 * this one again; says nothing where it succeeded) or `disable` (send nothing any more, whatever became of this one).
 * https://docs.svix.com/receiving/delivery-control, proposed for Standard Webhooks in
 * https://github.com/standard-webhooks/standard-webhooks/pull/291. Both may stand there, parted by a comma; `disable` wins.
 */
export function deliverySignal(end: CallEnd): 'abort-message' | 'disable' | null {
  const header = end.kind === 'answered' ? end.headers['webhook-delivery'] : undefined
  const said = header?.split(',').map((word) => word.trim().toLowerCase()) ?? []
  if (said.includes('disable')) return 'disable'
  return said.includes('abort-message') ? 'abort-message' : null
}
