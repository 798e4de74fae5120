import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { decodeUtf8, toBase64 } from '@orchestrator/shared/core/bytes'
import { err, ok, type Result } from '@orchestrator/shared/core/result'
import type { InboxRow, JobRow } from '@orchestrator/shared/db/data-schema'
import type { Shard } from '@orchestrator/shared/db/shards'
import { carriesInput, jobInput } from '@orchestrator/shared/operations/job-input'
import { resolveTarget } from '@orchestrator/shared/operations/resolve-target'
import type { StoredBody } from '@orchestrator/shared/payloads/body'
import { readStoredBody } from '../inbox/queries.ts'

export interface InputDeps {
  configFor(revision: number): Promise<ConfigSnapshot | undefined>
  readPayload(stored: StoredBody): Promise<Uint8Array<ArrayBuffer> | undefined>
  readJobInput(key: string): Promise<string | undefined>
}

/** Larger bodies are not shown, nor compared, bytes. */
const MAX_RAW_BYTES = 1_048_576

/**
 * What a job sends: its own input, or what the route that it pinned maps from its webhook, as execution does; of an operation that
 * sends the body as it came, that body in the form of an input. The error says why it cannot be told.
 * @throws AppError 503 where a body cannot be read at this moment.
 */
export async function sentInput(deps: InputDeps, shard: Shard, job: JobRow): Promise<Result<unknown, string>> {
  const readWebhook = (stored: StoredBody) => deps.readPayload(stored)
  const readInput = (key: string) => deps.readJobInput(key)
  if (carriesInput(job)) return jobInput({ ...job, webhook: null }, { mapping: null, operation: NONE }, readWebhook, readInput)
  if (job.inboxId === null) return ok(null)
  const { inboxId } = job
  const config = await deps.configFor(job.configRevision)
  if (config?.revision !== job.configRevision) return err(`revision ${job.configRevision} of the configuration cannot be read`)
  const target = resolveTarget(config, job)
  if (!target.ok) return target
  const webhook = await shard.read((db) => readStoredBody(db, inboxId))
  if (!webhook) return err(`webhook ${inboxId} is gone`)
  if (target.value.operation.raw) return rawInput(deps, webhook)
  const headers = JSON.parse(webhook.headers) as [string, string][]
  const contentEncoding = headers.find(([name]) => name.toLowerCase() === 'content-encoding')?.[1] ?? null
  const claimed = { ...webhook, contentEncoding }
  return jobInput({ ...job, webhook: claimed }, target.value, readWebhook, readInput)
}

const NONE = { raw: false, path: '', inputSchema: null }

async function rawInput(
  deps: InputDeps,
  webhook: Pick<InboxRow, 'body' | 'bodyEncoding' | 'bodySize' | 'contentType'>,
): Promise<Result<unknown, string>> {
  if (webhook.bodySize > MAX_RAW_BYTES) return err(`the body has ${webhook.bodySize} bytes, which are too many to be shown`)
  const bytes = await deps.readPayload(webhook)
  if (!bytes) return err('the body of the webhook is gone')
  const text = decodeUtf8(bytes)
  const type = webhook.contentType === null ? {} : { contentType: webhook.contentType }
  return ok(text === undefined ? { body: toBase64(bytes), encoding: 'base64', ...type } : { body: text, ...type })
}
