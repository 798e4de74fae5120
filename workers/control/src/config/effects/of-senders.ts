import { isProviderPaused } from '@orchestrator/shared/config/etag'
import type { ConfigContent } from '@orchestrator/shared/config/revision'
import type { Provider, Route } from '@orchestrator/shared/contracts/config'
import { byId, changedPairs, otherFields, type Pair } from './pairs.ts'

/** What senders meet, and which of their events become jobs. */
export function effectsOnSenders(before: ConfigContent, after: ConfigContent): string[] {
  return [
    ...changedPairs(before.providers, after.providers, byId).flatMap(ofProvider),
    ...changedPairs(before.routes, after.routes, byId).flatMap(ofRoute),
    ...pausesOfProviders(before, after),
    ...withoutRoute(before, after),
  ]
}

function ofProvider({ id, was, is }: Pair<Provider>): string[] {
  const path = `/webhooks/${id}`
  if (!is) return [`${path} answers 404 from now on. What was received there stays.`]
  const [could, can] = [was?.enabled ?? false, is.enabled]
  const effects: string[] = []
  if (can && !could) effects.push(`${path} takes what its sender posts.`)
  if (!can && (could || !was))
    effects.push(`${path} answers 503 until the provider is enabled: most senders try again for a while.`)
  if (was && was.secret !== is.secret)
    effects.push(`${path}: what is posted is proved with ${secretInWords(is)} instead of ${secretInWords(was)}.`)
  if (was && was.preset !== is.preset)
    effects.push(`${path}: requests are read as those of ${is.preset} instead of ${was.preset}.`)
  const others = was ? otherFields(was, is, ['enabled', 'paused', 'secret', 'preset']) : []
  if (others.length > 0) effects.push(`${path}: what is posted from now on goes by its ${others.join(', ')} as said now.`)
  return effects
}

function secretInWords({ secret }: Provider): string {
  return secret === null ? 'no secret' : `the secret ${secret}`
}

function ofRoute({ id, was, is }: Pair<Route>): string[] {
  const [could, can] = [was?.enabled ?? false, is?.enabled ?? false]
  if (could && !can) return [`The route ${id} makes no jobs any more. Those that it made go on.`]
  if (can && !could && is) return [`The route ${id} makes a job of each event of ${is.provider} that it takes, from now on.`]
  return could && can ? [`The route ${id}: new jobs are made as it says now; those that exist stay as they were made.`] : []
}

function pausesOfProviders(before: ConfigContent, after: ConfigContent): string[] {
  const [was, is] = [pausedIn(before), pausedIn(after)]
  const there = new Set(after.providers.map(byId))
  return [
    ...[...is].filter((id) => !was.has(id)).map((id) => `The provider ${id} is on hold: its jobs wait until it is resumed.`),
    ...[...was]
      .filter((id) => !is.has(id))
      .map((id) =>
        there.has(id)
          ? `What was held of the provider ${id} goes on.`
          : `The pause of the provider ${id} goes with it: what it held goes on.`,
      ),
  ]
}

/** Providers of which no event becomes a job any more. */
function withoutRoute(before: ConfigContent, after: ConfigContent): string[] {
  const [was, is] = [routedIn(before), routedIn(after)]
  const known = new Set(before.providers.map(byId))
  return after.providers.flatMap(({ id }) =>
    !is.has(id) && (was.has(id) || !known.has(id))
      ? `No enabled route takes the events of ${id}: they are stored as ignored, and can be replayed later.`
      : [],
  )
}

function pausedIn(content: ConfigContent): Set<string> {
  return new Set(content.providers.flatMap((provider) => (isProviderPaused(provider, content) ? provider.id : [])))
}

function routedIn({ routes }: ConfigContent): Set<string> {
  return new Set(routes.flatMap(({ enabled, provider }) => (enabled ? provider : [])))
}
