import type { Operation } from '../contracts/connector.ts'
import { err, ok, type Result } from '../core/result.ts'
import { evaluateExpression } from '../expressions/evaluate.ts'
import { bodyView, readEventBody } from '../inbox/event-view.ts'
import type { JobRow } from '../db/data-schema.ts'
import type { ClaimedJob } from '../jobs/claim.ts'

export type ReadWebhook = (webhook: NonNullable<ClaimedJob['webhook']>) => Promise<Uint8Array<ArrayBuffer> | undefined>

/** The text of an input that is too large for the job's row; `undefined` when it is gone. */
export type ReadInput = (key: string) => Promise<string | undefined>

/** Whether a job carries its input: a client's, one that tells an end, and one that was replayed with an edited input. */
export function carriesInput({ input, inputKey }: Pick<JobRow, 'input' | 'inputKey'>): boolean {
  return input !== null || inputKey !== null
}

/**
 * The input of a job's operation: its own, or what its route maps from the webhook's body, seen as the route's filter
 * saw it (JSON, the fields of a form, or text). The error is for the operator.
 * Throws when the body cannot be read at this moment.
 */
export async function jobInput(
  job: Pick<ClaimedJob, 'input' | 'inputKey' | 'webhook' | 'inboxId'>,
  { mapping, operation }: { mapping: string | null; operation: Pick<Operation, 'raw' | 'path' | 'inputSchema'> },
  readWebhook: ReadWebhook,
  readInput: ReadInput,
): Promise<Result<unknown, string>> {
  if (mapping === null || carriesInput(job)) {
    const text = job.inputKey === null ? (job.input ?? 'null') : await readInput(job.inputKey)
    return text === undefined ? err(`the input of the job, ${job.inputKey}, is gone`) : parse(text)
  }
  // What is sent as it came may be of any size and kind, and is mapped only where something is made of it.
  if (operation.raw && !usesInput(operation)) return ok(null)
  const bytes = job.webhook && (await readWebhook(job.webhook))
  if (!job.webhook || !bytes) return err(`the body of webhook ${job.inboxId} is gone`)
  const body = await readEventBody(bytes, job.webhook)
  if (!body) return err('the body of the webhook is too large to be mapped, or compressed in a way that cannot be undone')
  const mapped = await evaluateExpression(mapping, bodyView(body))
  if (!mapped.ok) return err(`the input mapping of the route failed: ${mapped.error.message}`)
  return mapped.value === undefined ? err('the input mapping of the route matches nothing in the webhook') : mapped
}

function usesInput({ path, inputSchema }: Pick<Operation, 'path' | 'inputSchema'>): boolean {
  return path.includes('{') || inputSchema !== null
}

function parse(text: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(text) as unknown)
  } catch {
    return err('the input of the job is not JSON')
  }
}
