import { request as httpRequest } from 'node:http'
import { Readable } from 'node:stream'

export interface LocalFetchInit {
  method?: string
  headers?: Record<string, string>
  body?: string | Uint8Array | AsyncIterable<Uint8Array>
  /** For the whole answer, ms; 10 s by default. */
  timeoutMs?: number
  signal?: AbortSignal
}

export const DEFAULT_TIMEOUT_MS = 10_000
/** Answers without a body, by the fetch standard. */
const NULL_BODY_STATUS = new Set([101, 204, 205, 304])

/**
 * `fetch` for `http://*.localhost:<port>`: Node cannot resolve those names, and its own `fetch` does not send a Host of the
 * caller's choice. Connects to 127.0.0.1, sends the Host, never follows redirects. The whole answer is read. Rejects on
 * timeout and when nobody listens (`cause.code` is `ECONNREFUSED`).
 */
export async function localFetch(url: string | URL, init: LocalFetchInit = {}): Promise<Response> {
  const { hostname, port, pathname, search, host } = new URL(url)
  if (hostname !== 'localhost' && hostname !== '127.0.0.1' && !hostname.endsWith('.localhost')) {
    throw new Error(`localFetch only talks to this machine, not to ${hostname}`)
  }
  const deadline = AbortSignal.timeout(init.timeoutMs ?? DEFAULT_TIMEOUT_MS)
  const signal = init.signal ? AbortSignal.any([init.signal, deadline]) : deadline
  const method = init.method ?? 'GET'
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void =>
      reject(new Error(`${method} ${String(url)}: ${deadline.aborted ? 'no answer in time' : String(cause)}`, { cause }))
    const outgoing = httpRequest(
      { host: '127.0.0.1', port, path: pathname + search, method, headers: { ...init.headers, host }, signal, agent: false },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', fail)
        incoming.on('end', () => {
          const status = incoming.statusCode ?? 0
          const headers = new Headers()
          for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2) {
            headers.append(incoming.rawHeaders[i] ?? '', incoming.rawHeaders[i + 1] ?? '')
          }
          resolve(new Response(NULL_BODY_STATUS.has(status) ? null : Buffer.concat(chunks), { status, headers }))
        })
      },
    )
    outgoing.on('error', fail)
    if (init.body === undefined || typeof init.body === 'string' || init.body instanceof Uint8Array) outgoing.end(init.body)
    else Readable.from(init.body).on('error', fail).pipe(outgoing)
  })
}
