import type { Route } from '../contracts/config.ts'
import { matchesGlob } from './glob.ts'

/** Every enabled route of the provider with a glob for this type; each makes one job. An event without a type matches none. */
export function matchRoutes(routes: readonly Route[], provider: string, type: string | null): Route[] {
  if (type === null) return []
  return routes.filter(
    (route) => route.enabled && route.provider === provider && route.eventTypes.some((glob) => matchesGlob(glob, type)),
  )
}
