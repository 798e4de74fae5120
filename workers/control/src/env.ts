import { baseEnv, binding, createEnvParser } from '@orchestrator/shared/http/env'
import * as z from 'zod'

const origin = z.url().transform((url) => new URL(url).origin)

/** Bindings and variables, as wrangler.toml names them. */
const schema = z.object({
  ...baseEnv,
  ACCESS_ISSUER: z.url().transform((url) => url.replace(/\/+$/, '')),
  ACCESS_AUDIENCE: z.string().min(1),
  ALLOWED_ORIGINS: z.string().transform((text, context) => {
    const origins = z.array(origin).safeParse(text.split(',').map((one) => one.trim()))
    if (origins.success) return origins.data
    context.addIssue({ code: 'custom', message: 'is a comma-separated list of origins' })
    return z.NEVER
  }),
  CONTROL_DB: binding<D1Database>(),
  DATA_00: binding<D1Database>(),
  DATA_01: binding<D1Database>(),
  PAYLOADS: binding<R2Bucket>(),
  WEBHOOK_QUEUE: binding<Queue>(),
  CRITICAL_QUEUE: binding<Queue>(),
  DEFAULT_QUEUE: binding<Queue>(),
  LOW_QUEUE: binding<Queue>(),
  INGRESS: binding<Fetcher>(),
  EXECUTION: binding<Fetcher>(),
})

export type ControlEnv = z.output<typeof schema>

export const parseEnv = createEnvParser<ControlEnv>(schema)
