import { decodeUtf8 } from '@orchestrator/shared/core/bytes'
import { err, ok, type Result } from '@orchestrator/shared/core/result'
import { evaluateExpression } from '@orchestrator/shared/expressions/evaluate'
import type { ClaimedJob } from '@orchestrator/shared/jobs/claim'

export type ReadWebhook = (webhook: NonNullable<ClaimedJob['webhook']>) => Promise<Uint8Array | undefined>

/**
 * The input of a job's operation: its own, or what its route maps from the webhook's body. The error is for the operator.
 * Throws when the body cannot be read at this moment.
 */
export async function jobInput(
  job: Pick<ClaimedJob, 'input' | 'webhook' | 'inboxId'>,
  mapping: string | null,
  readWebhook: ReadWebhook,
): Promise<Result<unknown, string>> {
  if (mapping === null) return parse(job.input ?? 'null', 'the input of the job')
  const bytes = job.webhook ? await readWebhook(job.webhook) : undefined
  if (!bytes) return err(`the body of webhook ${job.inboxId} is gone`)
  const text = decodeUtf8(bytes)
  const body = text === undefined ? err('the body of the webhook is not text') : parse(text, 'the body of the webhook')
  if (!body.ok) return body
  const mapped = await evaluateExpression(mapping, body.value)
  if (!mapped.ok) return err(`the input mapping of the route failed: ${mapped.error.message}`)
  return mapped.value === undefined ? err('the input mapping of the route matches nothing in the webhook') : mapped
}

function parse(text: string, what: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(text) as unknown)
  } catch {
    return err(`${what} is not JSON`)
  }
}
