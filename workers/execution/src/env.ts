import type { DeadLetterNotice, QueueMessage } from '@orchestrator/shared/contracts/queue'
import { createEnvParser } from '@orchestrator/shared/http/env'
import * as z from 'zod'
import type { CircuitBreaker } from './durable/circuit-breaker.do.ts'
import type { RateLimiter } from './durable/rate-limiter.do.ts'

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
    WEBHOOK_QUEUE: binding<Queue<QueueMessage>>(),
    CRITICAL_QUEUE: binding<Queue<QueueMessage>>(),
    DEFAULT_QUEUE: binding<Queue<QueueMessage>>(),
    LOW_QUEUE: binding<Queue<QueueMessage>>(),
    WEBHOOK_DLQ: binding<Queue<DeadLetterNotice>>(),
    CRITICAL_DLQ: binding<Queue<DeadLetterNotice>>(),
    DEFAULT_DLQ: binding<Queue<DeadLetterNotice>>(),
    LOW_DLQ: binding<Queue<DeadLetterNotice>>(),
    RATE_LIMITER: binding<DurableObjectNamespace<RateLimiter>>(),
    CIRCUIT_BREAKER: binding<DurableObjectNamespace<CircuitBreaker>>(),
  })
  .transform((env) => ({ ...env, VERSION: env.CF_VERSION_METADATA?.id }))

export type Env = z.output<typeof schema>

/** The environment of execution, checked once an isolate. */
export const parseEnv = createEnvParser<Env>(schema)
