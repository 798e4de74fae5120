import { connectorEtag } from '@orchestrator/shared/config/etag'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Connector } from '@orchestrator/shared/contracts/connector'
import type { ConnectorView } from '@orchestrator/shared/contracts/connector-api'
import { usersOfConnector } from '../config/usage.ts'
import { warningsOf } from './check.ts'

export function toConnectorView(connector: Connector, config: ConfigSnapshot): ConnectorView {
  return {
    ...connector,
    etag: connectorEtag(connector, config),
    paused: config.pauses.some(({ kind, id }) => kind === 'connector' && id === connector.id),
    breaker: config.breakerOverrides.find((override) => override.connector === connector.id)?.state ?? null,
    usedBy: usersOfConnector(connector.id, config),
    warnings: warningsOf(connector, config),
  }
}

/** As the audit log keeps it. The names of secrets tell no secret, but the log hides every field that sounds like one. */
export function toAuditView({ resumedAt: _resumedAt, breakerResetAt: _resetAt, auth, ...connector }: Connector): object {
  const shown = Object.fromEntries(Object.entries(auth).map(([name, value]) => [SHOWN_AS[name] ?? name, value as unknown]))
  return { ...connector, auth: shown }
}

const SHOWN_AS: Readonly<Record<string, string>> = { secret: 'provedWith', sessionToken: 'sessionWith', tokenUrl: 'grantedAt' }
