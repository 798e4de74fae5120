import { Agent, request as httpRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** A request made ready before the clock runs. */
export interface ReadyRequest {
  path: string
  headers: Record<string, string>
  body: Buffer
}

/** A kept-alive client of one port. Rejects whatever is not answered 200: a benchmark of refusals would be worth nothing. */
export class LoadClient {
  readonly #agent = new Agent({ keepAlive: true })
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  async send({ path, headers, body }: ReadyRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        { host: '127.0.0.1', port: this.#port, agent: this.#agent, method: 'POST', path, headers },
        (incoming) => {
          incoming.on('error', reject)
          incoming.on('end', () => {
            if (incoming.statusCode === 200) resolve()
            else reject(new Error(`the Worker under load answered ${incoming.statusCode}`))
          })
          incoming.resume()
        },
      )
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** Sends as fast as answers come, `concurrency` at once, until the time or the requests run out. Answers what was done in how long. */
export async function saturate(
  client: LoadClient,
  requests: readonly ReadyRequest[],
  options: { concurrency: number; seconds: number },
): Promise<{ count: number; seconds: number }> {
  const begun = performance.now()
  const deadline = begun + options.seconds * 1_000
  let next = 0
  const lane = async (): Promise<void> => {
    for (let request = requests[next++]; request && performance.now() < deadline; request = requests[next++]) {
      await client.send(request)
      count++
    }
  }
  let count = 0
  await Promise.all(Array.from({ length: options.concurrency }, lane))
  return { count, seconds: (performance.now() - begun) / 1_000 }
}

/** Sends at a fixed rate, whether or not earlier answers have come. Answers each request's time in ms. */
export async function sendSteadily(client: LoadClient, requests: readonly ReadyRequest[], perSecond: number): Promise<number[]> {
  const begun = performance.now()
  const times: number[] = []
  const sent: Promise<void>[] = []
  for (const [n, request] of requests.entries()) {
    const early = begun + (n * 1_000) / perSecond - performance.now()
    if (early > 0) await sleep(early)
    const start = performance.now()
    const answered = client.send(request).then(() => void times.push(performance.now() - start))
    // Awaited at the end; until then a failure must not count as unhandled.
    answered.catch(() => undefined)
    sent.push(answered)
  }
  await Promise.all(sent)
  return times
}
