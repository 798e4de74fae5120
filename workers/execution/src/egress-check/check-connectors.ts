import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Connector } from '@orchestrator/shared/contracts/connector'
import { errorMessage } from '@orchestrator/shared/core/errors'
import type { AddressCheck } from '@orchestrator/shared/egress/check-address'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { ConnectorLogRow } from '../execute/deps.ts'
import { runWithConcurrency } from '@orchestrator/shared/core/run-with-concurrency'

export interface EgressCheckDeps {
  now: () => number
  config(): Promise<ConfigSnapshot>
  check(address: string, allowedHosts: readonly string[]): Promise<AddressCheck>
  newTraceparent(): string
  /** Appends to the log of a shard. */
  writeLog(shard: number, rows: readonly ConnectorLogRow[]): Promise<void>
  logger: Logger
  report(error: unknown, tags?: Record<string, string>): void
}

/** Each asks a resolver twice, and an invocation has six connections. */
const CONCURRENCY = 3

/** Whether a run of the sweep, by the time it was planned for (ms), is the one that checks: once an hour, where it runs once a minute. */
export function isCheckDue(scheduledTime: number): boolean {
  return new Date(scheduledTime).getUTCMinutes() === 0
}

/**
 * Looks again where the connectors lead: a name that led to the public internet when it was saved may lead inside now. What is
 * refused is an event and a line; nothing is switched off, since one wrong answer of a resolver is no proof. Never throws.
 */
export async function checkConnectors(deps: EgressCheckDeps): Promise<void> {
  try {
    const config = await deps.config()
    const rows = await runWithConcurrency(config.connectors, CONCURRENCY, (connector) => checkConnector(deps, connector))
    const refused = rows.flat()
    if (refused.length > 0) await deps.writeLog(config.settings.writeShard, refused)
  } catch (error) {
    deps.logger.log('error', 'the addresses of connectors could not be checked', { cause: errorMessage(error) })
    deps.report(error, { step: 'egress check' })
  }
}

async function checkConnector(deps: EgressCheckDeps, connector: Connector): Promise<ConnectorLogRow[]> {
  const { id, auth, egress } = connector
  const addresses = [connector.baseUrl, ...(auth.kind === 'oauth2ClientCredentials' ? [auth.tokenUrl] : [])]
  const rows: ConnectorLogRow[] = []
  for (const address of addresses) {
    const checked = await deps.check(address, egress.allowedHosts)
    if (!checked.ok) {
      deps.logger.log('error', 'the address of a connector is refused', { connector: id, address, cause: checked.error })
      const events = [{ type: 'connector.address_refused' as const, data: { address, error: checked.error } }]
      rows.push({ at: deps.now(), trace: deps.newTraceparent(), connector: id, attempt: null, events })
    } else if (checked.warnings.length > 0) {
      deps.logger.log('warn', 'the address of a connector', { connector: id, address, warnings: checked.warnings })
    }
  }
  return rows
}
