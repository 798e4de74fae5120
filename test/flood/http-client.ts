import { Agent, request as httpRequest } from 'node:http'

export interface Outgoing {
  path: string
  headers: Record<string, string>
  body: string
}

/** A kept-alive client of one port, which tells nothing but the status. */
export class HttpClient {
  readonly #agent = new Agent({ keepAlive: true })
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  async post({ path, headers, body }: Outgoing): Promise<number> {
    const options = { host: '127.0.0.1', port: this.#port, agent: this.#agent, method: 'POST', path }
    const sized = { ...headers, 'content-length': String(Buffer.byteLength(body)) }
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest({ ...options, headers: sized }, (incoming) => {
        incoming.on('error', reject)
        incoming.on('end', () => resolve(incoming.statusCode ?? 0))
        incoming.resume()
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
