import * as z from 'zod'
import { isDevelopmentValue } from '../core/development-value.ts'
import { AppError } from '../core/errors.ts'

/** What every Worker's environment tells about itself. */
export const baseEnv = {
  ENVIRONMENT: z.enum(['development', 'production']),
  SENTRY_DSN: z.string().optional(),
  CF_VERSION_METADATA: z.object({ id: z.string() }).optional(),
}

/** Host names and zones of our own, comma-separated: no connector may call them. */
export const ownHosts = z
  .string()
  .default('')
  .transform((list) => list.split(',').flatMap((name) => name.trim() || []))

/** The Access team domain, without a slash at its end. */
export const accessIssuer = z.url().transform((url) => url.replace(/\/+$/, ''))

/** A binding of the platform: only its presence can be checked. */
export function binding<T>() {
  return z.custom<T>((value) => typeof value === 'object' && value !== null, 'is not bound')
}

/**
 * Parses a Worker's environment once an isolate; a bad one is {@link AppError} `bad_environment` that names each variable.
 * In production it refuses development values and the development issuer.
 */
export function createEnvParser<T extends { ENVIRONMENT: 'development' | 'production' }>(
  schema: z.ZodType<T>,
): (env: unknown) => T {
  const parsed = new WeakMap<object, T>()
  return (env) => {
    const known = parsed.get(env as object)
    if (known) return known
    const result = schema.safeParse(env)
    if (!result.success) {
      const names = [...new Set(result.error.issues.map((issue) => String(issue.path[0] ?? '(all)')))]
      throw new AppError('bad_environment', `Missing or wrong: ${names.join(', ')}.`)
    }
    if (result.data.ENVIRONMENT === 'production') {
      const refused = Object.entries(env as object).filter(([, value]) => isDevelopmentValue(value))
      if (refused.length > 0) {
        throw new AppError('bad_environment', `Development values in production: ${refused.map(([name]) => name).join(', ')}.`)
      }
    }
    parsed.set(env as object, result.data)
    return result.data
  }
}
