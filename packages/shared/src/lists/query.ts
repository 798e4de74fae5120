import { AppError } from '../core/errors.ts'
import { isId } from '../core/ids.ts'
import * as z from 'zod'

/** What every list understands. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(1_000).optional(),
}

/** Of lists by time: from then on, and before then. */
export const rangeQuery = { from: z.iso.datetime().optional(), to: z.iso.datetime().optional() }

/** From `from` on and before `to`, ms; null where it is open. */
export interface TimeRange {
  from: number | null
  to: number | null
}

/** @throws AppError 400 where it ends before it begins. */
export function readRange({ from, to }: { from?: string | undefined; to?: string | undefined }): TimeRange {
  const range = { from: from === undefined ? null : Date.parse(from), to: to === undefined ? null : Date.parse(to) }
  if (range.from !== null && range.to !== null && range.from >= range.to) {
    throw new AppError('validation_failed', 'Some fields are missing or wrong; see issues.', {
      issues: [{ path: 'to', message: 'is not after from' }],
    })
  }
  return range
}

export const jobIdQuery = z.string().refine((id) => isId('job', id), 'is not the id of a job')
export const inboxIdQuery = z.string().refine((id) => isId('whk', id), 'is not the id of a webhook')
export const requestIdQuery = z.string().refine((id) => isId('req', id), 'is not the id of a request')
export const nameQuery = z.string().min(1).max(200)
