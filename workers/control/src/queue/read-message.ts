import {
  deadLetterNotice,
  type DeadLetterNotice,
  fallbackPointerMessage,
  type FallbackPointerMessage,
  fallbackWebhookMessage,
  type FallbackWebhookMessage,
  jobMessage,
  type JobMessage,
} from '@orchestrator/shared/contracts/queue'
import { isId } from '@orchestrator/shared/core/ids'
import * as z from 'zod'

const jobId = z.string().refine((id) => isId('job', id))
const message = z.discriminatedUnion('kind', [
  deadLetterNotice.extend({ jobId: z.string().refine((id) => isId('job', id) || isId('msg', id)) }),
  jobMessage.extend({ jobId }),
  fallbackPointerMessage,
  fallbackWebhookMessage,
])

export type DlqMessage =
  | DeadLetterNotice
  | JobMessage
  | FallbackPointerMessage
  | FallbackWebhookMessage
  | { kind: 'unreadable'; text: string }

/** What arrived in a dead-letter queue. Anything that we do not write ourselves is unreadable, and kept as text. */
export function readMessage(body: unknown): DlqMessage {
  const parsed = message.safeParse(body)
  return parsed.success ? parsed.data : { kind: 'unreadable', text: toText(body) }
}

/** JSON, or where that is impossible (binary, cycles, bigints) the nearest text. */
export function toText(body: unknown): string {
  try {
    if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return JSON.stringify({ bytes: body.byteLength })
    return JSON.stringify(body) ?? String(body)
  } catch {
    return JSON.stringify(String(body))
  }
}
