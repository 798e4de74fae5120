import type { Route } from '../contracts/config.ts'
import { sha256Hex } from '../core/bytes.ts'
import { err, ok, type Result } from '../core/result.ts'
import { evaluateExpression } from '../expressions/evaluate.ts'
import { CLIENT_KEY_PREFIX } from '../jobs/ordering-key.ts'
import type { AcceptedJob, RouteFailure } from './accepted.ts'
import type { EventView } from './event-view.ts'
import { matchesGlob } from './glob.ts'

/** A route that takes an event. Each makes one job. */
export interface RouteMatch {
  route: Route
  orderingKey: string | null
}

export interface RoutingResult {
  matches: RouteMatch[]
  /** Routes of this type whose expression failed or went past a bound: nobody knows whether they would take the event. */
  failures: RouteFailure[]
}

/** Longer keys are held by their hash: they stand in a row and in an index. So are those that look like a client's. */
const MAX_KEY_LENGTH = 255

/** Every enabled route of the provider whose globs name the event's type and whose filter is true for it. Never throws. */
export async function matchRoutes(routes: readonly Route[], event: EventView): Promise<RoutingResult> {
  const result: RoutingResult = { matches: [], failures: [] }
  for (const route of routes) {
    if (!route.enabled || route.provider !== event.provider || !takesType(route, event.type)) continue
    const passed = await passesFilter(route, event)
    if (!passed.ok) result.failures.push({ route: route.id, part: 'filter', reason: passed.error })
    else if (passed.value) await keepWithKey(route, event, result)
  }
  return result
}

/** The same for routes that a person named: neither type nor filter is asked. */
export async function matchNamedRoutes(routes: readonly Route[], event: EventView): Promise<RoutingResult> {
  const result: RoutingResult = { matches: [], failures: [] }
  for (const route of routes) await keepWithKey(route, event, result)
  return result
}

/** The jobs of the routes that take an event. */
export function jobsFor(matches: readonly RouteMatch[], options: { paused: boolean; newJobId(): string }): AcceptedJob[] {
  return matches.map(({ route, orderingKey }) => ({
    id: options.newJobId(),
    state: options.paused ? 'held' : route.delaySeconds > 0 ? 'scheduled' : 'queued',
    queue: route.queue,
    route: route.id,
    connector: route.connector,
    operation: route.operation,
    policy: route.policy,
    delaySeconds: route.delaySeconds,
    orderingKey,
    onDeath: route.onDeath,
  }))
}

/** An event without a type is taken by `*` alone. */
function takesType(route: Route, type: string | null): boolean {
  return route.eventTypes.some((glob) => (type === null ? glob === '*' : matchesGlob(glob, type)))
}

async function passesFilter({ filter }: Route, event: EventView): Promise<Result<boolean, string>> {
  if (filter === null) return ok(true)
  const value = await evaluate(filter, event)
  return value.ok ? ok(value.value === true) : value
}

async function keepWithKey(route: Route, event: EventView, result: RoutingResult): Promise<void> {
  const key = await readOrderingKey(route, event)
  if (key.ok) result.matches.push({ route, orderingKey: key.value })
  else result.failures.push({ route: route.id, part: 'orderingKey', reason: key.error })
}

/** Nothing, `null` and the empty text are no key: the order does not matter then. */
async function readOrderingKey({ orderingKey }: Route, event: EventView): Promise<Result<string | null, string>> {
  if (orderingKey === null) return ok(null)
  const found = await evaluate(orderingKey, event)
  if (!found.ok) return found
  const { value } = found
  if (value === undefined || value === null || value === '') return ok(null)
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    return err('the value is no text, number or truth value')
  }
  const text = String(value)
  const hashed = text.length > MAX_KEY_LENGTH || text.startsWith(CLIENT_KEY_PREFIX)
  return ok(hashed ? `sha256:${await sha256Hex(text)}` : text)
}

async function evaluate(expression: string, event: EventView): Promise<Result<unknown, string>> {
  if (event.body === undefined) return err('the body is too large to be looked into')
  const { body, headers, query, path, type, id } = event
  const result = await evaluateExpression(expression, { body, headers, query, path, type, id })
  return result.ok ? result : err(`${result.error.code}: ${result.error.message}`)
}
