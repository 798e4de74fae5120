import type { RouteKey } from '../../roles/route-roles.ts'
import type { Description } from '../description.ts'
import { OVERVIEW } from './overview.ts'

/** Every route, described. */
export const DESCRIPTIONS: Partial<Record<RouteKey, Description>> = {
  ...OVERVIEW,
}
