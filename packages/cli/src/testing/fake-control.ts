import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

export interface Received {
  method: string
  /** With its query. */
  path: string
  headers: IncomingMessage['headers']
  body: unknown
}

export interface Reply {
  status?: number
  headers?: Record<string, string>
  /** JSON, or a text as it is. */
  body?: unknown
}

/** Answers, or takes the connection into its own hands. */
export type Handler = (request: Received, response: ServerResponse) => Reply | void | Promise<Reply | void>

export interface FakeControl {
  url: string
  /** Everything that was asked, in order. */
  received: Received[]
  stop(): Promise<void>
}

/** A server on loopback that answers by `METHOD /path`, as the contracts say control does. Everything else is 404. */
export async function startFakeControl(routes: Readonly<Record<string, Handler | Reply>>): Promise<FakeControl> {
  const received: Received[] = []
  const server = createServer((incoming, response) => void answer(incoming, response))
  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = await text(incoming)
    const { method = '', url = '', headers } = incoming
    const request = { method, path: url, headers, body: sent === '' ? undefined : (JSON.parse(sent) as unknown) }
    received.push(request)
    const route = routes[`${method} ${url.split('?', 1)[0]}`]
    const reply =
      typeof route === 'function'
        ? await route(request, response)
        : (route ?? problem(404, 'not_found', 'There is no such thing.'))
    if (!reply) return
    const { status = 200, body } = reply
    const json = typeof body !== 'string'
    response.writeHead(status, { 'content-type': json ? 'application/json' : 'text/plain', ...reply.headers })
    response.end(json ? JSON.stringify(body) : body)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://control.localhost:${port}`,
    received,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A problem document as control answers it. */
export function problem(status: number, code: string, detail: string, more: Record<string, unknown> = {}): Reply {
  const body = {
    type: `https://orchestrator.dev/problems/${code}`,
    title: `Title of ${code}`,
    status,
    code,
    detail,
    requestId: 'req_1',
    ...more,
  }
  return { status, body, headers: { 'content-type': 'application/problem+json' } }
}
