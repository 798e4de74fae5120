import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'

/** The distinct beginning of a body, so that none is a duplicate. */
const HEAD_BYTES = 64
const PIECE_BYTES = 65_536

export interface LargePost {
  port: number
  path: string
  /** The same for all. */
  tail: Buffer
  /** Signs as GitHub does. */
  secret: string
}

/** Bytes that nothing compresses. */
export function largeTail(size: number): Buffer {
  return randomBytes(size - HEAD_BYTES)
}

/** Posts a body of its own as GitHub would, piece by piece, and answers the status. */
export async function postLarge({ port, path, tail, secret }: LargePost): Promise<number> {
  const head = randomBytes(HEAD_BYTES)
  const signature = createHmac('sha256', secret).update(head).update(tail).digest('hex')
  const headers = {
    'content-length': String(head.length + tail.length),
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/0000000',
    'x-github-delivery': crypto.randomUUID(),
    'x-github-event': 'push',
    'x-hub-signature-256': `sha256=${signature}`,
  }
  const outgoing = httpRequest({ host: '127.0.0.1', port, path, method: 'POST', headers, agent: false })
  const answered = new Promise<number>((resolve, reject) => {
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      incoming.on('error', reject)
      incoming.on('end', () => resolve(incoming.statusCode ?? 0))
      incoming.resume()
    })
  })
  outgoing.write(head)
  for (let at = 0; at < tail.length; at += PIECE_BYTES) {
    if (!outgoing.write(tail.subarray(at, at + PIECE_BYTES))) await Promise.race([once(outgoing, 'drain'), answered])
  }
  outgoing.end()
  return answered
}
