import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Connector, DeclaredConnector } from '@orchestrator/shared/contracts/connector'
import type { Issue } from '@orchestrator/shared/core/errors'
import { type LookUpDeps, lookUpAddresses } from '../connectors/look-up.ts'
import { issuesOf, under } from './collect.ts'
import type { ReadDocument } from './read-document.ts'

/** A Worker has six connections at once; more would wait, and their deadlines run meanwhile. */
const AT_ONCE = 6

/** What looking up the names of addresses found: what is refused, and what is odd. */
export interface LookedUp {
  issues: Issue[]
  oddities: string[]
}

/** Looks up where the addresses lead that a document changes. Those that stand already are looked after by the hourly check. */
export async function lookUpChanged(deps: LookUpDeps, current: ConfigSnapshot, document: ReadDocument): Promise<LookedUp> {
  const changed = document.connectors.flatMap(({ path, value }) => {
    const fields = value && changedAddresses(value, current.connectors)
    return fields ? [{ path, id: value.id, fields }] : []
  })
  const found: LookedUp = { issues: [], oddities: [] }
  for (let i = 0; i < changed.length; i += AT_ONCE) {
    await Promise.all(
      changed.slice(i, i + AT_ONCE).map(async ({ path, id, fields }) => {
        try {
          found.oddities.push(...(await lookUpAddresses(deps, fields)).map((oddity) => `The connector ${id}: ${oddity}`))
        } catch (error) {
          found.issues.push(...under(path, issuesOf(error)))
        }
      }),
    )
  }
  return { issues: found.issues.toSorted(byPath), oddities: found.oddities.toSorted() }
}

/** The addresses in the fields that have them; null where none is new. */
function changedAddresses(connector: DeclaredConnector, known: readonly Connector[]): Record<string, unknown> | null {
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
