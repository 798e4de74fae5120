import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Connector, DeclaredConnector } from '@orchestrator/shared/contracts/connector'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { AppError, type Issue } from '@orchestrator/shared/core/errors'
import type { AddressCheck } from '@orchestrator/shared/egress/check-address'
import { type LookUpDeps, lookUpAddresses } from '../connectors/look-up.ts'
import { issuesOf, under } from './collect.ts'
import type { ReadDocument } from './read-document.ts'

/** A Worker has six connections at once; more would wait, and their deadlines run meanwhile. */
const AT_ONCE = 6
/** Viewers plan, too: one document must not keep control busy, or make it ask the resolver for as long as somebody likes. */
const MAX_PLACES = 100
const DEADLINE_MS = 8_000

/** What looking up the names of addresses found: what is refused, and what is odd. */
export interface LookedUp {
  issues: Issue[]
  oddities: string[]
}

/**
 * Looks up where the addresses lead that a document changes, each place once. Those that stand already are looked after by the
 * hourly check. What could not be looked up in time is told as odd. @throws AppError 422 where a document changes too many.
 */
export async function lookUpChanged(
  deps: LookUpDeps,
  current: ConfigSnapshot,
  document: ReadDocument,
  deadlineMs = DEADLINE_MS,
): Promise<LookedUp> {
  const changed = document.connectors.flatMap(({ path, value }) => {
    const fields = value && changedAddresses(value, current.connectors)
    return fields ? [{ path, id: value.id, fields }] : []
  })
  const places = new Set(changed.flatMap(({ fields }) => addressesOf(fields).map(placeOf)))
  if (places.size > MAX_PLACES) {
    throw new AppError(
      'unprocessable',
      `The document changes where connectors lead to ${places.size} places; at most ${MAX_PLACES} are looked up at once. Apply it in parts.`,
    )
  }
  const inTime = { ...deps, lookUp: onceInTime(deps, deadlineMs) }
  const found: LookedUp = { issues: [], oddities: [] }
  for (let i = 0; i < changed.length; i += AT_ONCE) {
    await Promise.all(
      changed.slice(i, i + AT_ONCE).map(async ({ path, id, fields }) => {
        try {
          found.oddities.push(...(await lookUpAddresses(inTime, { ...fields })).map((oddity) => `The connector ${id}: ${oddity}`))
        } catch (error) {
          found.issues.push(...under(path, issuesOf(error)))
        }
      }),
    )
  }
  return { issues: found.issues.toSorted(byPath), oddities: found.oddities.toSorted() }
}

interface Addresses {
  baseUrl?: string
  auth?: { tokenUrl: string }
}

const addressesOf = ({ baseUrl, auth }: Addresses): string[] => [baseUrl ?? [], auth?.tokenUrl ?? []].flat()

/** Scheme, name and port: what a look-up goes by. */
const placeOf = (address: string): string => (URL.canParse(address) ? new URL(address).origin : address)

/** Looks each place up once; whoever's turn has not come, or who did not answer, when the time is over is not checked, and that is told. */
function onceInTime(deps: LookUpDeps, deadlineMs: number): LookUpDeps['lookUp'] {
  const until = Date.now() + deadlineMs
  const checks = new Map<string, Promise<AddressCheck>>()
  const check = async (address: string): Promise<AddressCheck> => {
    try {
      const left = until - Date.now()
      if (left > 0) return await withDeadline(deps.lookUp(address), left, 'the look-up')
    } catch {
      // Told below.
    }
    return { ok: true, warnings: [`it was not checked in time what ${new URL(address).hostname} resolves to`] }
  }
  return (address) => {
    const place = placeOf(address)
    const known = checks.get(place) ?? check(address)
    checks.set(place, known)
    return known
  }
}

/** The addresses in the fields that have them; null where none is new. */
function changedAddresses(connector: DeclaredConnector, known: readonly Connector[]): Addresses | null {
  const before = known.find(({ id }) => id === connector.id)
  const tokenUrl = tokenUrlOf(connector)
  const fields = {
    ...(connector.baseUrl === before?.baseUrl ? {} : { baseUrl: connector.baseUrl }),
    ...(tokenUrl === undefined || (before && tokenUrl === tokenUrlOf(before)) ? {} : { auth: { tokenUrl } }),
  }
  return Object.keys(fields).length > 0 ? fields : null
}

function tokenUrlOf({ auth }: Pick<Connector, 'auth'>): string | undefined {
  return auth.kind === 'oauth2ClientCredentials' ? auth.tokenUrl : undefined
}

const byPath = (a: Issue, b: Issue): number => (a.path < b.path ? -1 : 1)
