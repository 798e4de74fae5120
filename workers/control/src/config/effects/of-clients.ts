import type { ConfigContent } from '@orchestrator/shared/config/revision'
import type { Client } from '@orchestrator/shared/contracts/client'
import { byId, changedPairs, type Pair } from './pairs.ts'

/** Who can call, and what. */
export function effectsOnClients(before: ConfigContent, after: ConfigContent): string[] {
  return changedPairs(before.clients, after.clients, byId).flatMap(ofClient)
}

function ofClient({ id, was, is }: Pair<Client>): string[] {
  if (!is) return [`Every request of the client ${id} is answered 401, and its keys are gone for good. Jobs that it made go on.`]
  const effects: string[] = []
  if (was?.enabled && !is.enabled) effects.push(`Every request of the client ${id} is answered 401 until it is enabled.`)
  if (was && !was.enabled && is.enabled)
    effects.push(`The client ${id} is let in again, with ${keysInWords(is)}${tokensInWords(is)}.`)
  if (!was && is.enabled && is.serviceTokens.length > 0) {
    effects.push(`The client ${id} is let in, with ${keysInWords(is)}${tokensInWords(is)}: whoever holds one calls as it.`)
  }
  const keys = new Set(is.keys.map(byId))
  for (const key of was?.keys ?? [])
    if (!keys.has(key.id)) effects.push(`The key ${key.id} of the client ${id} opens nothing any more.`)
  if (is.keys.length === 0 && is.serviceTokens.length === 0) {
    effects.push(
      `Nobody can come in as the client ${id}: it has no key and no service token. POST /v1/clients/${id}/keys makes a key.`,
    )
  }
  if (was) effects.push(...ofRights(id, was, is))
  return effects
}

function ofRights(id: string, was: Client, is: Client): string[] {
  const effects: string[] = []
  const lost = was.scopes.filter((scope) => !is.scopes.includes(scope))
  const gained = is.scopes.filter((scope) => !was.scopes.includes(scope))
  if (lost.length > 0) effects.push(`The client ${id} loses ${lost.join(', ')}: such requests are answered 403.`)
  if (gained.length > 0) effects.push(`The client ${id} gets ${gained.join(', ')}.`)
  for (const [what, before, after] of [
    ['call', was.connectors, is.connectors],
    ['use the queues', was.queues, is.queues],
  ] as const) {
    if (JSON.stringify(before) !== JSON.stringify(after))
      effects.push(`The client ${id} may ${what}: ${after === null ? 'all' : after.join(', ') || 'none'}.`)
  }
  const added = is.serviceTokens.filter((token) => !was.serviceTokens.includes(token))
  if (added.length > 0) effects.push(`These service tokens stand for the client ${id} from now on: ${added.join(', ')}.`)
  const tokens = was.serviceTokens.filter((token) => !is.serviceTokens.includes(token))
  if (tokens.length > 0) effects.push(`These service tokens do not stand for the client ${id} any more: ${tokens.join(', ')}.`)
  if (JSON.stringify(was.rateLimit) !== JSON.stringify(is.rateLimit))
    effects.push(`The client ${id} may make ${limitInWords(is)}.`)
  return effects
}

function limitInWords({ rateLimit }: Client): string {
  return rateLimit === null ? 'as many requests as it likes' : `${rateLimit.limit} requests in ${rateLimit.perMs} ms`
}

function keysInWords({ keys }: Client): string {
  return keys.length === 0 ? 'no key' : `the keys it has (${keys.map(byId).join(', ')})`
}

function tokensInWords({ serviceTokens }: Client): string {
  return serviceTokens.length === 0 ? '' : ` and the service tokens ${serviceTokens.join(', ')}`
}
