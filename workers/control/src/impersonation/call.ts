import { findImpersonation } from '@orchestrator/shared/access/impersonations'
import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import type { ClientCallRequest, ClientCallResponse } from '@orchestrator/shared/contracts/impersonation-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import type { AuditContext } from '../audit/audit-context.ts'
import { recordOutcome } from '../audit/record-outcome.ts'
import { shownBody } from '../connectors/shown-body.ts'
import { howItFailed } from '../deadlines.ts'
import type { ImpersonationDeps } from './deps.ts'
import { parseActingAs, refusalOf } from './rules.ts'

/** What a backend reads of an answer of execution. */
const SHOWN_HEADERS = [
  'content-type',
  'idempotent-replayed',
  'location',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'x-request-id',
] as const

type Deps = Pick<ImpersonationDeps, 'now' | 'control'> & {
  logger: Logger
  appendAudit(entry: AuditEntryInput): Promise<AuditRow>
  /** @throws AppError 503 when execution cannot be reached, or does not answer in time. */
  callAsClient(client: string, call: ClientCallRequest): Promise<Response>
}

/**
 * Sends execution what a client would, as that client: its scopes, connectors, queues and limits decide. The call is real. The intent
 * is written down before, with both identities.
 * `onRefused` writes down why it was refused, before that is thrown.
 * @throws AppError 404 for an impersonation that is not there, 403 for one that does not carry this.
 */
export async function callAsClient(
  deps: Deps,
  by: AuditContext,
  id: string,
  call: ClientCallRequest,
  onRefused: (why: string) => Promise<void>,
): Promise<ClientCallResponse> {
  const found = await deps.control((db) => findImpersonation(db, id))
  if (!found) throw new AppError('not_found', `There is no such impersonation: ${id}.`)
  const refusal = refusalOf(found, by.actor, by.at)
  if (refusal) {
    await onRefused(`the impersonation ${id} does not carry it`)
    throw new AppError('forbidden', refusal)
  }
  const acting = parseActingAs(found.actingAs)
  if (acting.kind !== 'client') {
    await onRefused(`the impersonation ${id} is none of a client`)
    throw new AppError('forbidden', `You act with a role there (${found.actingAs}); only who acts as a client calls as one.`)
  }
  const entry = {
    ...by,
    impersonation: { id, actingAs: found.actingAs },
    target: `client:${acting.client}`,
    reason: found.reason,
    before: null,
  }
  const { method, path } = call
  const intent = await deps.appendAudit({ ...entry, action: 'client_call.requested', intentSeq: null, after: { method, path } })
  const conclude = (action: 'client_call.made' | 'client_call.failed', after: object) =>
    recordOutcome(deps, { ...entry, at: deps.now(), action, intentSeq: intent.seq, after: { method, path, ...after } })
  let answer: Response
  try {
    answer = await deps.callAsClient(acting.client, call)
  } catch (error) {
    await conclude('client_call.failed', { failed: howItFailed('execution', error) })
    throw error
  }
  const headers = Object.fromEntries(
    SHOWN_HEADERS.flatMap((name) => (answer.headers.has(name) ? [[name, answer.headers.get(name)!]] : [])),
  )
  const outcome = await conclude('client_call.made', { status: answer.status, requestId: headers['x-request-id'] ?? null })
  return { status: answer.status, headers, body: await shownBody(answer), auditSeq: outcome?.seq ?? null }
}
