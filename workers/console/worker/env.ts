import { baseEnv, binding, createEnvParser } from '@orchestrator/shared/http/env'
import type { BaseEnv } from '@orchestrator/shared/http/app'
import * as z from 'zod'

/** What the console Worker needs: its static files, and control. */
export interface Env extends BaseEnv {
  ASSETS: Fetcher
  CONTROL: Fetcher
}

export const schema = z.object({
  ...baseEnv,
  ASSETS: binding<Fetcher>(),
  CONTROL: binding<Fetcher>(),
})

/** Parses the bindings once an isolate; a bad one is an `AppError` `bad_environment` that names it. */
export const parseEnv = createEnvParser<Env>(schema)
