import { findImpersonation, listImpersonations as read } from '@orchestrator/shared/access/impersonations'
import type { Impersonation } from '@orchestrator/shared/contracts/impersonation-api'
import { isId } from '@orchestrator/shared/core/ids'
import { decodeCursor } from '@orchestrator/shared/lists/cursor'
import { pageQuery } from '@orchestrator/shared/lists/query'
import type { Page } from '@orchestrator/shared/lists/walk-shards'
import * as z from 'zod'
import { pageOfRows } from '../lists/page-of-rows.ts'
import type { ImpersonationDeps } from './deps.ts'
import { toImpersonation } from './to-api.ts'

export const impersonationsQuery = z.strictObject(pageQuery)

const cursor = z.strictObject({ id: z.string().refine((id) => isId('imp', id)) })

/** Who acted as whom, the last begun first. */
export async function listImpersonations(
  deps: Pick<ImpersonationDeps, 'control' | 'now'>,
  query: z.output<typeof impersonationsQuery>,
): Promise<Page<Impersonation>> {
  const from = decodeCursor(query.cursor, cursor)
  const rows = await deps.control((db) => read(db, from?.id ?? null, query.limit + 1))
  return pageOfRows(
    rows,
    query.limit,
    (row) => toImpersonation(row, deps.now()),
    ({ id }) => ({ id }),
  )
}

/** One of them; `undefined` when there is none. */
export async function getImpersonation(
  deps: Pick<ImpersonationDeps, 'control' | 'now'>,
  id: string,
): Promise<Impersonation | undefined> {
  const row = await deps.control((db) => findImpersonation(db, id))
  return row ? toImpersonation(row, deps.now()) : undefined
}
