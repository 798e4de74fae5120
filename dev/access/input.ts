import { z } from 'zod'

const app = z.enum(['console', 'breakglass'], { error: 'app must be console or breakglass' })
const email = z.email({ error: 'email must be an address such as operator@example.com' })

/** Names of groups, with commas between. */
const groups = z
  .string()
  .default('')
  .transform((list) => list.split(',').flatMap((name) => name.trim() || []))

/** `GET /token`: who, in which groups, for which application, and for how long (may be negative, for a token that has expired). */
export const tokenQuery = z.object({
  email,
  app,
  groups,
  ttlSeconds: z.coerce.number().int().min(-31_536_000).max(31_536_000).optional(),
})

/** `GET /sign-in`: for which application, and the path to come back to. */
export const signInQuery = z.object({ app, to: z.string().startsWith('/', { error: 'to must be a path' }).default('/') })

/** `POST /sign-in`: the same, with the person chosen. */
export const signInForm = signInQuery.extend({ email, groups })

/** What is wrong, one line each. */
export function explain(error: z.ZodError): string {
  return `${error.issues.map((issue) => issue.message).join('\n')}\n`
}
