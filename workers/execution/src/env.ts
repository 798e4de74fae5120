import type { DeadLetterNotice, QueueMessage } from '@orchestrator/shared/contracts/queue'
import { accessIssuer, baseEnv, binding, createEnvParser, ownHosts } from '@orchestrator/shared/http/env'
import * as z from 'zod'
import type { CircuitBreaker } from './durable/circuit-breaker.do.ts'
import type { RateLimiter } from './durable/rate-limiter.do.ts'

/** Loose: secrets whose source is `env` or `store` are looked up in it by the names that the configuration gives. */
export const schema = z.looseObject({
  ...baseEnv,
  OWN_HOSTS: ownHosts,
  /** The Access team domain and this application's audience, where clients may come with service tokens: both or neither. */
  ACCESS_ISSUER: accessIssuer.optional(),
  ACCESS_AUDIENCE: z.string().min(1).optional(),
  SECRETS_KEY: z.string().min(1),
  /** What it was before, while secrets are sealed anew. */
  SECRETS_KEY_PREVIOUS: z.string().min(1).optional(),
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

export type Env = z.output<typeof schema>

/** The environment of execution, checked once an isolate. */
export const parseEnv = createEnvParser<Env>(schema)
