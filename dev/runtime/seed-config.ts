import { createHash } from 'node:crypto'
import type { ConfigContent } from '@orchestrator/shared/config/publish'
import { CLIENT_SCOPES } from '@orchestrator/shared/contracts/client'
import type { SecretVersion } from '@orchestrator/shared/contracts/config'
import { operation } from '@orchestrator/shared/contracts/connector'
import { CLIENT_KEY, localUrl } from '../values.ts'

/** Grace before the sweep first sends a job again: short here, so that a lost queue is seen to recover, ms. */
const RESEND_GRACE_MS = 15_000

/** The configuration of development: Stripe's subscription events set subscriptions in the BuildOS Billing API. */
export function seedConfig(port: number, stripeSecret: SecretVersion): ConfigContent {
  return {
    providers: [
      {
        id: 'stripe',
        preset: 'stripe',
        enabled: true,
        paused: false,
        secret: 'stripe-signing',
        settings: {},
        toleranceSeconds: 300,
        bodyLimitBytes: 25 * 1_024 * 1_024,
        dedupeWindowMs: 7 * 86_400_000,
        reviveDead: true,
        allowedIps: [],
        rateLimit: null,
      },
    ],
    routes: [
      {
        id: 'stripe-subscriptions',
        provider: 'stripe',
        enabled: true,
        eventTypes: ['customer.subscription.created', 'customer.subscription.updated', 'customer.subscription.deleted'],
        filter: null,
        connector: 'billing',
        operation: 'set-subscription',
        input: '{"id": data.object.id, "status": data.object.status}',
        queue: 'webhook',
        policy: null,
        delaySeconds: 0,
        orderingKey: null,
        onDeath: 'release',
      },
    ],
    connectors: [
      {
        id: 'billing',
        baseUrl: localUrl('billing', port),
        auth: { kind: 'bearer', secret: 'billing-credential' },
        headers: {},
        policy: 'billing',
        responseLimitBytes: 1_024 * 1_024,
        egress: { redirects: 0, allowedHosts: [] },
        resumedAt: null,
        breakerResetAt: null,
      },
    ],
    operations: [
      operation.parse({
        connector: 'billing',
        name: 'set-subscription',
        method: 'PUT',
        path: '/subscriptions/{id}',
        body: '{"status": status}',
      }),
      operation.parse({ connector: 'billing', name: 'get-subscription', method: 'GET', path: '/subscriptions/{id}', body: null }),
      operation.parse({ connector: 'billing', name: 'echo', method: 'POST', path: '/echo', body: '$' }),
    ],
    policies: [
      {
        id: 'billing',
        timeout: { perAttemptMs: 5_000, totalMs: 86_400_000 },
        retry: {
          maxAttempts: 4,
          backoff: 'exponential',
          baseMs: 1_000,
          maxMs: 8_000,
          jitter: 'equal',
          retryOn: ['408', '425', '429', '5xx', 'timeout', 'network'],
          stopOn: ['410'],
          respectRetryAfter: true,
          retryAfterCapMs: 60_000,
          resetHeaders: false,
          budget: null,
        },
        circuitBreaker: {
          windowMs: 30_000,
          minCalls: 10,
          failureRate: 0.5,
          openMs: 5_000,
          halfOpenCalls: 1,
          countAsFailure: ['5xx', 'timeout', 'network'],
          onUnavailable: 'failOpen',
        },
        rateLimit: null,
        concurrency: null,
        hedge: null,
        autoPause: null,
        idempotency: { required: false, ttlMs: 86_400_000, keyPer: 'job' },
      },
    ],
    secrets: [
      { name: 'stripe-signing', source: 'stored', versions: [stripeSecret] },
      { name: 'billing-credential', source: 'env', variable: 'BILLING_CREDENTIAL' },
    ],
    breakerOverrides: [],
    pauses: [],
    clients: [
      {
        id: 'dev',
        name: 'Development',
        enabled: true,
        keys: [{ id: 'dev', hash: createHash('sha256').update(CLIENT_KEY).digest('hex'), createdAt: 0, expiresAt: null }],
        scopes: [...CLIENT_SCOPES],
        connectors: null,
        queues: null,
        rateLimit: null,
        serviceTokens: [],
      },
    ],
    settings: { writeShard: 0, liveShards: [0, 1], resendGraceMs: RESEND_GRACE_MS },
  }
}
