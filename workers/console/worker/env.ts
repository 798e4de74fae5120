import { createEnvParser } from '@orchestrator/shared/http/env'
import type { BaseEnv } from '@orchestrator/shared/http/app'
import { z } from 'zod'

/** What the console Worker needs: its static files, and control. */
export interface Env extends BaseEnv {
  ASSETS: Fetcher
  CONTROL: Fetcher
}

const service = z.custom<Fetcher>((value) => typeof value === 'object' && value !== null, 'a service binding')

const schema = z
  .object({
    ENVIRONMENT: z.enum(['development', 'production']),
    SENTRY_DSN: z.string().optional(),
    CF_VERSION_METADATA: z.object({ id: z.string() }).optional(),
    ASSETS: service,
    CONTROL: service,
  })
  .transform(({ CF_VERSION_METADATA, ...env }): Env => ({ ...env, VERSION: CF_VERSION_METADATA?.id }))

/** Parses the bindings once an isolate; a bad one is an `AppError` `bad_environment` that names it. */
export const parseEnv = createEnvParser<Env>(schema)
