import { newId } from '../core/ids.ts'
import type { AcceptedWebhook } from '../inbox/accepted.ts'

const DAY = 86_400_000

/** When the webhook of {@link acceptedWebhook} came. */
export const RECEIVED_AT = 1_760_000_000_000

/** A webhook of a few routes that is ready to be stored in shard 0. */
export function acceptedWebhook(changes: Partial<AcceptedWebhook> = {}, jobs = 1): AcceptedWebhook {
  return {
    v: 1,
    id: newId('whk', 0, RECEIVED_AT, Math.random),
    provider: 'stripe',
    dedupeKeys: [`id:${crypto.randomUUID()}`],
    reviveDead: true,
    dedupeWindowMs: 7 * DAY,
    eventId: 'evt_1',
    type: 'invoice.paid',
    status: jobs > 0 ? 'accepted' : 'ignored',
    note: null,
    receivedAt: RECEIVED_AT,
    path: '/webhooks/stripe',
    query: 'tenant=a',
    headers: [['user-agent', 'Stripe/1.0']],
    contentType: 'application/json',
    bodySize: 4,
    bodyEncoding: 'utf8',
    body: '"Ł"',
    verification: { scheme: 'hmac', secret: 'current', timestamp: 1, ageSeconds: 0 },
    trace: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    configRevision: 3,
    resendGraceMs: 15_000,
    jobs: Array.from({ length: jobs }, (_, i) => ({
      id: newId('job', 0, RECEIVED_AT, Math.random),
      state: 'queued',
      queue: i === 0 ? 'webhook' : 'low',
      route: `route-${i}`,
      connector: 'billing',
      operation: 'set-subscription',
      policy: null,
      delaySeconds: 0,
      orderingKey: null,
      onDeath: 'release',
    })),
    routeFailures: [],
    ...changes,
  }
}
