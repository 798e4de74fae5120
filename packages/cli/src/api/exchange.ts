import { type IncomingMessage, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { lookupLocal } from './local-names.ts'

export interface HttpRequest {
  url: URL
  method: string
  headers: Readonly<Record<string, string>>
  body?: string
  /** Until there is a connection, until the answer begins, and between two pieces of it, ms. */
  timeoutMs: number
  /** Gives up when it fires. */
  signal?: AbortSignal | undefined
}

export interface HttpAnswer {
  status: number
  headers: Headers
  /** Not read yet. An answer that breaks off makes it fail. */
  body: IncomingMessage
}

/** No answer came. `code` is the system's (`ECONNREFUSED`), or `TIMEOUT`. */
export class NoAnswer extends Error {
  readonly code: string

  constructor(code: string, cause: unknown) {
    super(`no answer: ${code}`, { cause })
    this.name = 'NoAnswer'
    this.code = code
  }
}

/** One request, one answer. Redirects are not followed: they would carry the token elsewhere. Rejects with `NoAnswer`. */
export function exchange(request: HttpRequest): Promise<HttpAnswer> {
  const { url, method, headers, body, timeoutMs, signal } = request
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    // A connection of its own for each: a write that meets a kept one just as it closes could not be repeated.
    const options = {
      method,
      headers: { ...headers, ...length },
      lookup: lookupLocal,
      agent: false,
      // Here, and not by setTimeout, which begins only when there is a connection.
      timeout: timeoutMs,
      ...(signal ? { signal } : {}),
    }
    let answer: IncomingMessage | undefined
    const outgoing = send(url, options, (incoming) => {
      answer = incoming
      const answered = new Headers()
      for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2) {
        answered.append(incoming.rawHeaders[i] ?? '', incoming.rawHeaders[i + 1] ?? '')
      }
      resolve({ status: incoming.statusCode ?? 0, headers: answered, body: incoming })
    })
    // The socket tells each time; the request only the first.
    outgoing.once('socket', (socket) => {
      socket.on('timeout', () => {
        // What has come and was not read yet makes it the reader who is slow, such as a pager.
        if (answer && answer.readableLength > 0) socket.setTimeout(timeoutMs)
        else outgoing.destroy(new NoAnswer('TIMEOUT', undefined))
      })
    })
    outgoing.on('error', (error) => reject(error instanceof NoAnswer ? error : new NoAnswer(codeOf(error), error)))
    outgoing.end(body)
  })
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
