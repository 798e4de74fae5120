import type { SecretRef } from '../contracts/config.ts'
import type { SecretStanding, SecretState } from '../contracts/secret-api.ts'
import { withDeadline } from '../core/clock.ts'
import { isRefusedIn, placesOf, type SecretPlace, type SecretSources, valueOf } from './resolve.ts'
import { Secret } from './secret.ts'

/** The Secrets Store is asked over the network, ms. */
const PLACE_DEADLINE_MS = 1_500
const WORST_FIRST: readonly SecretState[] = ['unreadable', 'refused', 'missing', 'resolves']

/** Whether the values of a secret can be read here and now. Tells nothing else about them. Never rejects. */
export async function checkSecret(ref: SecretRef, sources: SecretSources): Promise<SecretStanding> {
  const states = await Promise.all(
    placesOf(ref, sources.now).map(async ({ label, place }) => ({ label, state: await stateOf(place, sources) })),
  )
  const of = (wanted: 'current' | 'previous') => states.flatMap(({ label, state }) => (label === wanted ? state : []))
  return { current: of('current')[0] ?? 'missing', previous: worst(of('previous')) }
}

async function stateOf(place: SecretPlace, sources: SecretSources): Promise<SecretState> {
  try {
    const value = await withDeadline(valueOf(place, sources), PLACE_DEADLINE_MS, 'the secret')
    if (value === undefined) return place.kind === 'stored' ? 'unreadable' : 'missing'
    return isRefusedIn(sources.env, new Secret(value)) ? 'refused' : 'resolves'
  } catch {
    return 'unreadable'
  }
}

function worst(states: readonly SecretState[]): SecretState | null {
  return WORST_FIRST.find((state) => states.includes(state)) ?? null
}
