import type { ConfigContent } from '@orchestrator/shared/config/revision'
import type { Client } from '@orchestrator/shared/contracts/client'
import type { Provider, SecretRef } from '@orchestrator/shared/contracts/config'
import { type Connector, type Operation, UNTOUCHED } from '@orchestrator/shared/contracts/connector'
import type { Policy } from '@orchestrator/shared/contracts/policy'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Issue } from '@orchestrator/shared/core/errors'
import { checkClient } from '../clients/check.ts'
import type { EgressRules } from '../connectors/address-issue.ts'
import { checkConnector } from '../connectors/check.ts'
import { checkOperation } from '../operations/check.ts'
import { isAt } from '../operations/find.ts'
import { checkProvider } from '../providers/check.ts'
import { checkRoute } from '../webhook-routes/check.ts'
import { under } from './collect.ts'
import type { Declared, ReadDocument } from './read-document.ts'

/**
 * Why a document cannot be applied beyond its shape: everything that the single things are checked for, upon the configuration that
 * the document makes. `content` is that configuration, of what could be read.
 */
export function checkDocument(document: ReadDocument, content: ConfigContent, rules: EgressRules): Issue[] {
  const config = withNamesOfBroken(document, content)
  return [
    ...each(document.connectors, (one) => checkConnector({ ...one, ...UNTOUCHED }, config, rules).map(declaredHere)),
    ...each(document.operations, (one) => {
      const connector = content.connectors.find(({ id }) => id === one.connector)
      return connector ? checkOperation(one, connector, config, rules) : []
    }),
    ...each(document.providers, (one) => checkProvider({ ...one, paused: false }, config).map(declaredHere)),
    // What a disabled route calls may be gone, as it may where that is deleted by itself: enabling it is refused then.
    ...each(document.routes, (one) => checkRoute(one, config).filter(({ path }) => one.enabled || path !== 'operation')),
    ...each(document.clients, (one) => checkClient({ ...one, keys: [] }, config)),
  ]
}

function each<T>(items: readonly Declared<T>[], check: (item: T) => readonly Issue[]): Issue[] {
  return items.flatMap(({ path, value }) => (value === undefined ? [] : under(path, check(value))))
}

/** In a document a secret is declared, and gets its value afterwards. */
function declaredHere({ path, message }: Issue): Issue {
  return { path, message: message.replace(/; create it first by PUT .*$/, '; declare it under secrets') }
}

/**
 * What could not be read still stands by its name, so that whoever refers to it is not called wrong as well. The checks ask only
 * whether something of that name is there.
 */
function withNamesOfBroken(document: ReadDocument, content: ConfigContent): ConfigSnapshot {
  const operations = document.operations.flatMap(({ connector, name = '', value }) =>
    value === undefined && !content.operations.some(isAt({ connector, name })) ? [{ connector, name } as Operation] : [],
  )
  return {
    ...content,
    revision: 0,
    publishedAt: 0,
    secrets: [...content.secrets, ...namesOfBroken(document.secrets).map((name) => ({ name }) as SecretRef)],
    policies: [...content.policies, ...namesOfBroken(document.policies).map((id) => ({ id }) as Policy)],
    connectors: [...content.connectors, ...namesOfBroken(document.connectors).map((id) => ({ id }) as Connector)],
    operations: [...content.operations, ...operations],
    providers: [...content.providers, ...namesOfBroken(document.providers).map((id) => ({ id }) as Provider)],
    clients: [
      ...content.clients,
      ...namesOfBroken(document.clients).map((id) => ({ id, serviceTokens: [] as string[] }) as unknown as Client),
    ],
  }
}

function namesOfBroken(items: readonly Declared<unknown>[]): string[] {
  return items.flatMap(({ name, value }) => (name !== undefined && value === undefined ? name : []))
}
