import { createEnvParser } from '@orchestrator/shared/http/env'
import { z } from 'zod'

const bound = <T>() => z.custom<T>((value) => value !== undefined && value !== null, 'is not bound')
const origin = z.url().transform((url) => new URL(url).origin)

/** Bindings and variables, as wrangler.toml names them. */
const schema = z
  .object({
    ENVIRONMENT: z.enum(['development', 'production']),
    SENTRY_DSN: z.string().optional(),
    ACCESS_ISSUER: z.url().transform((url) => url.replace(/\/+$/, '')),
    ACCESS_AUDIENCE: z.string().min(1),
    ALLOWED_ORIGINS: z.string().transform((text, context) => {
      const origins = z.array(origin).safeParse(text.split(',').map((one) => one.trim()))
      if (origins.success) return origins.data
      context.addIssue({ code: 'custom', message: 'is a comma-separated list of origins' })
      return z.NEVER
    }),
    CF_VERSION_METADATA: z.object({ id: z.string() }).optional(),
    CONTROL_DB: bound<D1Database>(),
    DATA_00: bound<D1Database>(),
    DATA_01: bound<D1Database>(),
    PAYLOADS: bound<R2Bucket>(),
    WEBHOOK_QUEUE: bound<Queue>(),
    CRITICAL_QUEUE: bound<Queue>(),
    DEFAULT_QUEUE: bound<Queue>(),
    LOW_QUEUE: bound<Queue>(),
    INGRESS: bound<Fetcher>(),
    EXECUTION: bound<Fetcher>(),
  })
  .transform((env) => ({ ...env, VERSION: env.CF_VERSION_METADATA?.id || undefined }))

export type ControlEnv = z.output<typeof schema>

export const parseEnv = createEnvParser<ControlEnv>(schema)
