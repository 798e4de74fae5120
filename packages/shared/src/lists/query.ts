import { isId } from '../core/ids.ts'
import * as z from 'zod'

/** What every list understands. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(1_000).optional(),
}

export const jobIdQuery = z.string().refine((id) => isId('job', id), 'is not the id of a job')
export const inboxIdQuery = z.string().refine((id) => isId('whk', id), 'is not the id of a webhook')
export const requestIdQuery = z.string().refine((id) => isId('req', id), 'is not the id of a request')
export const nameQuery = z.string().min(1).max(200)
