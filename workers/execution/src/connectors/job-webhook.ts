import type { Operation } from '@orchestrator/shared/contracts/connector'
import { err, ok, type Result } from '@orchestrator/shared/core/result'
import { isRedacted } from '@orchestrator/shared/inbox/redact-headers'
import type { ClaimedJob } from '@orchestrator/shared/jobs/claim'
import * as z from 'zod'
import { carriesInput, type ReadWebhook } from '@orchestrator/shared/operations/job-input'
import type { WebhookSource } from '@orchestrator/shared/operations/raw-input'

const stored = z.array(z.tuple([z.string(), z.string()]))

/**
 * The webhook that a job came of, where its operation sends something of it on; `undefined` where it does not, the job came of
 * none, or carries an input of its own, which then stands for all of the webhook. The error is for the operator. Throws when the body cannot be read at this moment.
 */
export async function jobWebhook(
  job: Pick<ClaimedJob, 'webhook' | 'inboxId' | 'input' | 'inputKey'>,
  { raw, forwardHeaders }: Pick<Operation, 'raw' | 'forwardHeaders'>,
  readWebhook: ReadWebhook,
): Promise<Result<WebhookSource, string> | undefined> {
  if (job.inboxId === null || carriesInput(job) || (!raw && forwardHeaders.length === 0)) return undefined
  const body = job.webhook && (raw ? await readWebhook(job.webhook) : new Uint8Array())
  if (!job.webhook || !body) return err(`webhook ${job.inboxId} is gone`)
  const { contentType, contentEncoding } = job.webhook
  return ok({ body, contentType, contentEncoding, headers: headersOf(job.webhook.headers) })
}

/** Those that were redacted are left out. Names that came twice have both values, as in HTTP. */
function headersOf(text: string): Record<string, string> {
  const values = new Map<string, string>()
  for (const [name, value] of stored.parse(JSON.parse(text))) {
    const lower = name.toLowerCase()
    const before = values.get(lower)
    if (!isRedacted(value)) values.set(lower, before === undefined ? value : `${before}, ${value}`)
  }
  return Object.fromEntries(values)
}
