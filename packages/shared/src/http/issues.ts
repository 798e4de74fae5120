import type { z } from 'zod'
import { AppError } from '../core/errors.ts'

/** Parses a request by its contract; a 400 problem names each field that is wrong. */
export function parseRequest<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value, { error: sayMissing })
  if (result.success) return result.data
  throw new AppError('validation_failed', 'Some fields are missing or wrong; see issues.', {
    issues: result.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
  })
}

/** JSON has no `undefined`: whoever wrote it left the field out. To answer `undefined` keeps Zod's own message. */
function sayMissing({ code, input }: { code?: string; input?: unknown }): string | undefined {
  return code === 'invalid_type' && input === undefined ? 'is missing' : undefined
}
