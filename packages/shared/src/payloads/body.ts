import { decodeUtf8, fromBase64, toBase64, utf8 } from '../core/bytes.ts'
import type { InboxRow } from '../db/data-schema.ts'

/** Larger bodies go to R2: a row of D1 is billed and replicated whole, and holds at most 2 MB. */
export const MAX_INLINE_BYTES = 65_536

/** How a row holds a body: as text, as base64 of bytes that are no text, or as the key of an R2 object. */
export type StoredBody = Pick<InboxRow, 'body' | 'bodyEncoding'>

/** The R2 key of a webhook's body. */
export function payloadKey(inboxId: string): string {
  return `payloads/${inboxId}`
}

/** The form a row keeps. Text with NUL becomes base64 too: SQLite's text functions stop at it. */
export function inlineBody(bytes: Uint8Array): StoredBody {
  const text = decodeUtf8(bytes)
  return text === undefined || text.includes('\0')
    ? { bodyEncoding: 'base64', body: toBase64(bytes) }
    : { bodyEncoding: 'utf8', body: text }
}

/** Puts a body into R2 and answers what the row keeps of it. */
export async function putBody(bucket: R2Bucket, inboxId: string, bytes: Uint8Array): Promise<StoredBody> {
  const key = payloadKey(inboxId)
  await bucket.put(key, bytes)
  return { bodyEncoding: 'r2', body: key }
}

/** The exact bytes that came, wherever they are kept; `undefined` when the R2 object is gone. Throws when R2 cannot be asked. */
export async function readBody(row: StoredBody, bucket: R2Bucket): Promise<Uint8Array<ArrayBuffer> | undefined> {
  switch (row.bodyEncoding) {
    case 'utf8':
      return utf8(row.body)
    case 'base64':
      return fromBase64(row.body)
    case 'r2': {
      const object = await bucket.get(row.body)
      return object === null ? undefined : new Uint8Array(await object.arrayBuffer())
    }
  }
}
