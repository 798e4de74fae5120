import { setTimeout as sleep } from 'node:timers/promises'
import { localFetch } from '@orchestrator/dev/lib/local-fetch'

/** What operators and their pages ask control, with how long it takes them. */
export class RequestClock {
  readonly #port: number
  readonly #headers: Record<string, string>
  #forgiving = false
  #requests = 0
  #slowestMs = 0
  #slowest = ''

  constructor(port: number, token: string) {
    this.#port = port
    this.#headers = { 'cf-access-jwt-assertion': token, 'content-type': 'application/json' }
  }

  /** The JSON of an answer that is a success. */
  async ask<T>(path: string, body?: unknown): Promise<T> {
    const begun = performance.now()
    const counted = !this.#forgiving
    const response = await localFetch(`http://control.localhost:${this.#port}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: this.#headers,
      timeoutMs: 30_000,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as T
    if (counted && !this.#forgiving) this.#count(path, performance.now() - begun)
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${JSON.stringify(answer)}`)
    return answer
  }

  /** Asks for these by turns, four times a second, until it is stopped. */
  watch(paths: readonly string[]): { stop(): Promise<void> } {
    const stop = new AbortController()
    const watching = (async () => {
      for (let n = 0; !stop.signal.aborted; n++) {
        try {
          await this.ask(paths[n % paths.length] ?? '')
        } catch (error) {
          if (!this.#forgiving && !stop.signal.aborted) throw error
        }
        await sleep(250)
      }
    })()
    watching.catch(() => undefined)
    return {
      stop: () => {
        stop.abort()
        return watching
      },
    }
  }

  /** While the Workers are being killed, nobody expects an answer. */
  forgive(forgiving: boolean): void {
    this.#forgiving = forgiving
  }

  report(): { requests: number; slowestMs: number; slowest: string } {
    return { requests: this.#requests, slowestMs: Math.round(this.#slowestMs), slowest: this.#slowest }
  }

  #count(path: string, ms: number): void {
    this.#requests++
    if (ms <= this.#slowestMs) return
    this.#slowestMs = ms
    this.#slowest = path
  }
}
