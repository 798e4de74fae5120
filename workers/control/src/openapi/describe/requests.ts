import { reasonRequest } from '@orchestrator/shared/contracts/config-api'
import { replayRequest } from '@orchestrator/shared/contracts/control-api'
import * as z from 'zod'
import { request } from '../description.ts'
import { REASON } from './ids.ts'

/** The reason may be given. */
export const WHY = request(reasonRequest, { reason: REASON })
/** The reason must be given. */
export const MUST_SAY_WHY = request(replayRequest, { reason: REASON })

type Reason = typeof reasonRequest.shape
type ChangeOf<S extends z.ZodRawShape> = z.ZodObject<{ [K in keyof S]: z.ZodOptional<S[K]> } & Reason>

/** Something new, and why. */
export function creation<S extends z.ZodRawShape>(schema: z.ZodObject<S>): z.ZodObject<S & Reason> {
  return z.strictObject({ ...schema.shape, ...reasonRequest.shape })
}

/** The fields that are to differ, and why. What is left out stays as it is, and null takes away what may be missing. */
export function changeOf<S extends z.ZodRawShape>(schema: z.ZodObject<S>): ChangeOf<S> {
  const fields = Object.entries(schema.shape).map(([name, field]) => [name, changeOfField(field as z.ZodType)])
  return z.strictObject({ ...Object.fromEntries(fields), ...reasonRequest.shape }) as unknown as ChangeOf<S>
}

/** What the clone is called, the fields that are to differ from its source, and why. */
export function cloneOf(schema: z.ZodObject<z.ZodRawShape & { id: z.ZodString }>): z.ZodObject<{ id: z.ZodString } & Reason> {
  return z.strictObject({ ...changeOf(schema).shape, id: schema.shape.id }) as unknown as z.ZodObject<
    { id: z.ZodString } & Reason
  >
}

function changeOfField(field: z.ZodType): z.ZodOptional {
  if (field instanceof z.ZodDefault || field instanceof z.ZodPrefault) return z.optional(field.unwrap())
  return field instanceof z.ZodOptional ? z.optional(z.nullable(field.unwrap())) : z.optional(field)
}
