import type { Route } from '@orchestrator/shared/contracts/config'
import type { TriedRoute } from '@orchestrator/shared/contracts/sender-api'
import type { EventView } from '@orchestrator/shared/inbox/event-view'
import { matchRoutes } from '@orchestrator/shared/inbox/match-routes'

/** Of each route of the provider, whether it would take the event, and why not. */
export async function explainRoutes(routes: readonly Route[], event: EventView): Promise<TriedRoute[]> {
  const own = routes.filter(({ provider }) => provider === event.provider)
  return Promise.all(own.map((route) => explainRoute(route, event)))
}

async function explainRoute(route: Route, event: EventView): Promise<TriedRoute> {
  const { matches, failures } = await matchRoutes([route], event)
  if (matches.length > 0) return { id: route.id, matches: true, why: null }
  const [failure] = failures
  if (failure) return { id: route.id, matches: false, why: `its ${failure.part} failed: ${failure.reason}` }
  return { id: route.id, matches: false, why: await reasonOf(route, event) }
}

/** Asks the same matcher about the same route without one of its conditions. */
async function reasonOf(route: Route, event: EventView): Promise<string> {
  if (!route.enabled) return 'it is disabled'
  const { matches } = await matchRoutes([{ ...route, filter: null, orderingKey: null }], event)
  if (matches.length > 0) return 'its filter is not true for this event'
  const globs = route.eventTypes.join(', ')
  return event.type === null ? `the event has no type, which only * takes (${globs})` : `${event.type} is none of ${globs}`
}
