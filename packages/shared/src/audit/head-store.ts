/**
 * Signed heads in R2, where those who can write to the database cannot: `audit/head` is the newest, `audit/heads/<seq>` keeps every one,
 * `audit/keys/<id>` the public keys they were signed with.
 */
import { auditPublicKey, type AuditPublicKey, signedHead, type SignedHead } from '../contracts/audit-api.ts'
import type * as z from 'zod'

const HEAD = 'audit/head'
const HEADS = 'audit/heads/'
const KEYS = 'audit/keys/'
/** As many digits as a sequence may ever have, so that names sort by it. */
const SEQ_DIGITS = 16
const LIST_PAGE = 1_000

const NEVER_OVERWRITE = new Headers({ 'if-none-match': '*' })
const JSON_TYPE = { contentType: 'application/json' }

export interface StoredHead {
  head: SignedHead
  /** What `audit/head` is now, to be replaced only as such; null when there is none. */
  etag: string | null
}

/** An object in R2 that the audit log did not store as it is there: somebody else put it, or changed it. */
export class ForgedObject extends Error {
  override name = 'ForgedObject'

  constructor(key: string, options?: ErrorOptions) {
    super(`the object ${key} in R2 is not what the audit log stored there`, options)
  }
}

const keyOf = (seq: number): string => `${HEADS}${String(seq).padStart(SEQ_DIGITS, '0')}`

/**
 * The newest signed head; null while there is none. `audit/head` alone could have been set back to an older one, so the list of all is
 * asked for newer ones. @throws ForgedObject for what is no head, or stands under the name of another one.
 */
export async function readNewestHead(bucket: R2Bucket): Promise<StoredHead | null> {
  const object = await bucket.get(HEAD)
  let head = object && (await parse(object, signedHead))
  const etag = object?.etag ?? null
  const last = await lastName(bucket, keyOf(head?.seq ?? 0))
  const newer = last === undefined ? null : await bucket.get(last)
  if (newer) {
    head = await parse(newer, signedHead)
    // A copy of an old head under a later name would hide all that was signed since.
    if (keyOf(head.seq) !== last) throw new ForgedObject(newer.key)
  }
  return head && { head, etag }
}

/**
 * The last name of a head after one. Names sort by sequence: where one page does not hold them all, the end is searched for, since years
 * of heads cannot be listed in time.
 */
async function lastName(bucket: R2Bucket, after: string): Promise<string | undefined> {
  const page = async (startAfter: string) => {
    const { objects, truncated } = await bucket.list({ prefix: HEADS, startAfter, limit: LIST_PAGE })
    return { last: objects.at(-1)?.key, truncated }
  }
  let { last, truncated } = await page(after)
  // No name is known after this one.
  let end = Number.MAX_SAFE_INTEGER
  while (truncated && last !== undefined) {
    const seq = Number(last.slice(HEADS.length))
    // What is no name of a head is for the caller to look at.
    if (last !== keyOf(seq) || seq >= end) break
    const middle = Math.min(2 * seq, seq + Math.floor((end - seq) / 2))
    const found = await page(keyOf(middle))
    if (found.last === undefined) end = middle
    else ({ last, truncated } = found)
  }
  return last
}

/** Stores a head that is newer than `previous`. Beside somebody else who does the same, the newer one stays. */
export async function storeHead(bucket: R2Bucket, head: SignedHead, previous: StoredHead | null): Promise<void> {
  const text = JSON.stringify(head)
  await bucket.put(keyOf(head.seq), text, { httpMetadata: JSON_TYPE, onlyIf: NEVER_OVERWRITE })
  const onlyIf = previous?.etag ? { etagMatches: previous.etag } : NEVER_OVERWRITE
  await bucket.put(HEAD, text, { httpMetadata: JSON_TYPE, onlyIf })
}

/** Keeps a public key, so that what was signed with it can be checked when there is another. */
export async function storePublicKey(bucket: R2Bucket, keyId: string, key: AuditPublicKey): Promise<void> {
  await bucket.put(`${KEYS}${keyId}`, JSON.stringify(key), { httpMetadata: JSON_TYPE, onlyIf: NEVER_OVERWRITE })
}

/** A public key that was kept; null when it was not. */
export async function readPublicKey(bucket: R2Bucket, keyId: string): Promise<AuditPublicKey | null> {
  const object = await bucket.get(`${KEYS}${keyId}`)
  return object && parse(object, auditPublicKey)
}

async function parse<T>(object: R2ObjectBody, schema: z.ZodType<T>): Promise<T> {
  const text = await object.text()
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new ForgedObject(object.key, { cause })
  }
}
