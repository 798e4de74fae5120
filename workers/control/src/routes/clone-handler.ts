import { auditContext } from '../audit/audit-context.ts'
import { type Cloning, cloneItem } from '../config/clone-item.ts'
import type { ControlContext } from '../context.ts'
import { configJson, id, tagged } from './params.ts'

/** `POST …/:id/clone`: 201, and where the clone stands in the collection at this path. */
export async function cloned<T extends { id: string }, V extends { id: string; etag: string }>(
  c: ControlContext,
  cloning: Cloning<T, V>,
  collection: string,
): Promise<Response> {
  const clone = await cloneItem(c.get('deps'), auditContext(c), cloning, id(c), await configJson(c))
  return tagged(c, clone, `${collection}/${clone.id}`)
}
