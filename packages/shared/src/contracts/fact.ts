import * as z from 'zod'

export const headerName = z.string().regex(/^[a-z0-9_-]+$/, 'a lower-case header name')
export const path = z.string().min(1).max(200)

const simpleFact = z.discriminatedUnion('kind', [
  /**
   * A dotted path in the JSON body; numbers step into arrays (`events.0.type`). `names` translates codes (`{"1":"PING"}`); a
   * value that is translated to an empty text is no fact.
   */
  z.object({ kind: z.literal('body'), path, names: z.record(z.string(), z.string()).optional() }),
  z.object({ kind: z.literal('header'), name: headerName, names: z.record(z.string(), z.string()).optional() }),
  z.object({ kind: z.literal('query'), name: z.string().min(1) }),
  /** A field of a form or multipart body; with `path`, the field holds JSON and the path is in it. */
  z.object({ kind: z.literal('form'), name: z.string().min(1), path: path.optional() }),
  /** A claim of the verified JWT, or what a scheme found while it verified (`kind` of Braintree's XML). */
  z.object({ kind: z.literal('claim'), name: z.string().min(1) }),
  /** The first key of the JSON body that is none of these, as at Telegram. */
  z.object({ kind: z.literal('key'), except: z.array(z.string()) }),
  z.object({ kind: z.literal('constant'), value: z.string().min(1) }),
])
const joinedFact = z.object({ kind: z.literal('join'), of: z.array(simpleFact).min(2), separator: z.string() })
/** A fact that stands in one place, or is made of several. */
export const oneFact = z.union([simpleFact, joinedFact])
/** Where a fact of the event stands. Of several, the first that is there; of joined ones, all must be there. */
export const factSource = z.union([oneFact, z.object({ kind: z.literal('first'), of: z.array(oneFact).min(1) })])
export type FactSource = z.infer<typeof factSource>
export type SimpleFact = z.infer<typeof simpleFact>
