import type { FallbackPointerMessage, FallbackWebhookMessage, JobMessage } from '@orchestrator/shared/contracts/queue'
import { createEnvParser } from '@orchestrator/shared/http/env'
import * as z from 'zod'

function binding<T>() {
  return z.custom<T>((value) => typeof value === 'object' && value !== null, 'a binding')
}

/** Loose: secrets whose source is `env` or `store` are looked up in it by the names that the configuration gives. */
const schema = z
  .looseObject({
    ENVIRONMENT: z.enum(['development', 'production']),
    SENTRY_DSN: z.string().optional(),
    SECRETS_KEY: z.string().min(1),
    CF_VERSION_METADATA: z.object({ id: z.string() }).optional(),
    CONTROL_DB: binding<D1Database>(),
    DATA_00: binding<D1Database>(),
    DATA_01: binding<D1Database>(),
    PAYLOADS: binding<R2Bucket>(),
    WEBHOOK_QUEUE: binding<Queue<JobMessage | FallbackPointerMessage | FallbackWebhookMessage>>(),
    CRITICAL_QUEUE: binding<Queue<JobMessage>>(),
    DEFAULT_QUEUE: binding<Queue<JobMessage>>(),
    LOW_QUEUE: binding<Queue<JobMessage>>(),
  })
  .transform((env) => ({ ...env, VERSION: env.CF_VERSION_METADATA?.id }))

export type Env = z.output<typeof schema>

/** The environment of ingress, checked once an isolate. */
export const parseEnv = createEnvParser<Env>(schema)
