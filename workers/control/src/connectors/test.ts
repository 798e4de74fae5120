import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { ConnectorTestRequest, ConnectorTestResponse } from '@orchestrator/shared/contracts/connector-api'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { AuditContext } from '../audit/audit-context.ts'
import { recordOutcome } from '../audit/record-outcome.ts'
import { howItFailed } from '../deadlines.ts'
import { findOperation } from '../operations/find.ts'
import { targetOf } from '../operations/to-api.ts'
import { shownBody } from './shown-body.ts'

interface Deps {
  now(): number
  logger: Logger
  configInForce(): Promise<ConfigSnapshot>
  appendAudit(entry: AuditEntryInput): Promise<AuditRow>
  /** Execution makes the call. @throws AppError 503 when it cannot be reached. */
  callConnector(call: { connector: string; operation: string; input: unknown; timeoutMs: number }): Promise<Response>
}

/**
 * Makes one real call of a connector, through the gates and with the credentials of any other, and tells what came back. It is
 * not repeated. The intent is written down before anything is called.
 */
export async function testConnector(
  deps: Deps,
  by: AuditContext,
  connector: string,
  request: ConnectorTestRequest,
): Promise<ConnectorTestResponse> {
  const { operation, input, timeoutMs } = request
  const found = findOperation(await deps.configInForce(), { connector, name: operation })
  const entry = { ...by, target: targetOf(found), reason: request.reason ?? null, before: null, after: null }
  const intent = await deps.appendAudit({ ...entry, action: 'connector.test_requested', intentSeq: null })
  const conclude = (after: object) =>
    recordOutcome(deps, { ...entry, at: deps.now(), action: 'connector.tested', intentSeq: intent.seq, after })
  let response: Response
  try {
    response = await deps.callConnector({ connector, operation, input, timeoutMs })
  } catch (error) {
    await conclude({ failed: howItFailed('execution', error) })
    throw error
  }
  const { status } = response
  const body = await shownBody(response)
  const outcome = await conclude({ status })
  return { succeeded: status === 200, status, body, auditSeq: outcome?.seq ?? null }
}
