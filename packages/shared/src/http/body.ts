import { readStream } from '../core/read-stream.ts'

/**
 * Reads a body up to a limit. Stops as soon as the limit is passed, and at once when Content-Length already says so;
 * the rest is never read.
 */
export async function readBody(request: Request, limitBytes: number): Promise<Uint8Array<ArrayBuffer> | 'too_large'> {
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > limitBytes) {
    await request.body?.cancel()
    return 'too_large'
  }
  return (await readStream(request.body, limitBytes)) ?? 'too_large'
}
