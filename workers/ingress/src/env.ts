import type { FallbackPointerMessage, FallbackWebhookMessage, JobMessage } from '@orchestrator/shared/contracts/queue'
import { baseEnv, binding, createEnvParser } from '@orchestrator/shared/http/env'
import * as z from 'zod'
import type { ProviderLimiter } from './protection/provider-limiter.do.ts'

/** Loose: secrets whose source is `env` or `store` are looked up in it by the names that the configuration gives. */
export const schema = z.looseObject({
  ...baseEnv,
  SECRETS_KEY: z.string().min(1),
  /** What it was before, while secrets are sealed anew. */
  SECRETS_KEY_PREVIOUS: z.string().min(1).optional(),
  CONTROL_DB: binding<D1Database>(),
  DATA_00: binding<D1Database>(),
  DATA_01: binding<D1Database>(),
  PAYLOADS: binding<R2Bucket>(),
  WEBHOOK_QUEUE: binding<Queue<JobMessage | FallbackPointerMessage | FallbackWebhookMessage>>(),
  CRITICAL_QUEUE: binding<Queue<JobMessage>>(),
  DEFAULT_QUEUE: binding<Queue<JobMessage>>(),
  LOW_QUEUE: binding<Queue<JobMessage>>(),
  PROVIDER_LIMITER: binding<DurableObjectNamespace<ProviderLimiter>>(),
  /** Counts failures by provider and address. Without it nobody is blocked. */
  FAILURE_LIMIT: binding<RateLimit>().optional(),
})

export type Env = z.output<typeof schema>

/** The environment of ingress, checked once an isolate. */
export const parseEnv = createEnvParser<Env>(schema)
