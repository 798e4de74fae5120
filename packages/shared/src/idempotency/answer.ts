import * as z from 'zod'

/** The answer of a request, as it is given again. The body is text, or stands in R2 under `key`. */
export const storedAnswer = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('text'), text: z.string() }),
    z.object({ kind: z.literal('r2'), key: z.string() }),
  ]),
})
export type StoredAnswer = z.infer<typeof storedAnswer>
