import { decodeUtf8, fromBase64, toBase64, utf8 } from '../core/bytes.ts'
import { AppError } from '../core/errors.ts'
import * as z from 'zod'

/** Where a list goes on: a shard, and the key of the last row seen there. */
export interface Position<K> {
  shard: number
  key: K
}

/** Cursors are opaque to callers: base64url of JSON. */
export function encodeCursor(position: unknown): string {
  return toBase64(utf8(JSON.stringify(position)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** Reads a cursor that {@link encodeCursor} made. @throws AppError 400 for anything else. */
export function decodeCursor<T>(cursor: string | undefined, schema: z.ZodType<T>): T | null {
  if (cursor === undefined) return null
  const parsed = schema.safeParse(readCursor(cursor))
  if (parsed.success) return parsed.data
  throw new AppError('validation_failed', 'The cursor is not one that a list of this kind gave.', {
    issues: [{ path: 'cursor', message: 'take it from nextCursor of the page before, unchanged' }],
  })
}

function readCursor(cursor: string): unknown {
  const bytes = fromBase64(cursor.replaceAll('-', '+').replaceAll('_', '/'))
  try {
    return JSON.parse((bytes && decodeUtf8(bytes)) ?? '')
  } catch {
    return undefined
  }
}

/** The schema of a {@link Position}, for keys of a kind. */
export function positionOf<K>(key: z.ZodType<K>): z.ZodType<Position<K>> {
  return z.strictObject({ shard: z.int().min(0).max(99), key })
}
