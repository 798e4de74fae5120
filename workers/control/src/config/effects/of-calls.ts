import type { ConfigContent } from '@orchestrator/shared/config/revision'
import type { Pause } from '@orchestrator/shared/contracts/config'
import type { Connector, Operation } from '@orchestrator/shared/contracts/connector'
import type { Policy } from '@orchestrator/shared/contracts/policy'
import { usersOfPolicy } from '../usage.ts'
import { byId, changedPairs, otherFields, type Pair } from './pairs.ts'

/** What calls of outside services meet: addresses, credentials, policies, pauses and breakers. */
export function effectsOnCalls(before: ConfigContent, after: ConfigContent): string[] {
  return [
    ...changedPairs(before.connectors, after.connectors, byId).flatMap(ofConnector),
    ...changedPairs(before.operations, after.operations, ({ connector, name }) => `${connector}/${name}`).flatMap((pair) =>
      ofOperation(pair, after),
    ),
    ...changedPairs(before.policies, after.policies, byId).flatMap((pair) => ofPolicy(pair, after)),
    ...ofPauses(before, after),
    ...ofBreakers(before, after),
  ]
}

function ofConnector({ id, was, is }: Pair<Connector>): string[] {
  if (!is) return [`The connector ${id} is gone: /execute and /jobs answer 404 to calls of it.`]
  if (!was) return []
  const effects: string[] = []
  if (was.baseUrl !== is.baseUrl) effects.push(`New calls of ${id} go to ${is.baseUrl} instead of ${was.baseUrl}.`)
  if (JSON.stringify(was.auth) !== JSON.stringify(is.auth))
    effects.push(`New calls of ${id} are authorised as its auth (${is.auth.kind}) says now.`)
  if (was.policy !== is.policy) effects.push(`New calls of ${id} go by the policy ${is.policy} instead of ${was.policy}.`)
  if (was.breakerResetAt !== is.breakerResetAt) effects.push(`The breaker of ${id} begins anew: closed, with nothing seen.`)
  // That it was resumed is told with the pauses.
  const others = otherFields(was, is, ['baseUrl', 'auth', 'policy', 'breakerResetAt', 'resumedAt'])
  if (others.length > 0) effects.push(`New calls of ${id} go by its ${others.join(', ')} as said now.`)
  return effects
}

function ofOperation({ id, was, is }: Pair<Operation>, { connectors }: ConfigContent): string[] {
  if (was && is) return [`New calls of ${id} are made as the operation says now.`]
  // Where the connector is gone, all of its operations are.
  if (!was || !connectors.some((connector) => connector.id === was.connector)) return []
  return [`The operation ${id} is gone: /execute and /jobs answer 404 to calls of it.`]
}

function ofPolicy({ id, was, is }: Pair<Policy>, after: ConfigContent): string[] {
  const { connectors, operations, routes } = usersOfPolicy(id, after)
  const users = [
    ...connectors.map((one) => `connector ${one}`),
    ...operations.map((one) => `operation ${one}`),
    ...routes.map((one) => `route ${one}`),
  ]
  if (!was || !is || users.length === 0) return []
  return [
    `The policy ${id} changes calls of ${users.join(', ')}. Its limits, breaker and automatic pause hold at once, for jobs that wait, too.`,
  ]
}

/** Those of providers are told with what senders meet. */
const isOurs = ({ kind }: Pause): boolean => kind !== 'provider'

function ofPauses(before: ConfigContent, after: ConfigContent): string[] {
  const there = new Set(after.connectors.map(byId))
  return changedPairs(before.pauses.filter(isOurs), after.pauses.filter(isOurs), ({ kind, id }) => `${kind} ${id}`).map(
    ({ id, was, is }) => {
      if (is) return `The ${id} is on hold: its jobs wait until it is resumed.`
      return was?.kind === 'connector' && !there.has(was.id)
        ? `The pause of the ${id} goes with it: what it held goes on.`
        : `What was held of the ${id} goes on.`
    },
  )
}

function ofBreakers(before: ConfigContent, after: ConfigContent): string[] {
  const there = new Set(after.connectors.map(byId))
  return changedPairs(before.breakerOverrides, after.breakerOverrides, ({ connector }) => connector).map(({ id, is }) => {
    if (is?.state === 'open') return `No call of ${id} is let through: its breaker is forced open.`
    if (is) return `Every call of ${id} is let through, however many fail: its breaker is forced closed.`
    return there.has(id) ? `The breaker of ${id} decides by itself again.` : `The forced breaker of ${id} goes with it.`
  })
}
