import * as z from 'zod'

/** `/livez`: the Worker runs. */
export const livez = z.object({ status: z.literal('ok'), worker: z.string(), version: z.string() })

/** `/readyz`: 200 when every dependency it cannot do without answers, else 503. Each is named. */
export const readyz = z.object({
  status: z.enum(['ready', 'degraded', 'unavailable']),
  worker: z.string(),
  configRevision: z.int().nullable(),
  dependencies: z.array(
    z.object({
      name: z.string(),
      status: z.enum(['up', 'down']),
      required: z.boolean(),
      latencyMs: z.number(),
      detail: z.string().nullable(),
    }),
  ),
})
export type Readyz = z.infer<typeof readyz>
