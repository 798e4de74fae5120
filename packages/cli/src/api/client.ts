import type { Readable } from 'node:stream'
import type * as z from 'zod'
import { CliError } from '../cli-error.ts'
import type { Io } from '../io.ts'
import { VERSION } from '../version.ts'
import { authHeaders, type Credentials } from './credentials.ts'
import { exchange, type HttpAnswer, NoAnswer } from './exchange.ts'
import { explainAnswer, explainNoAnswer } from './explain.ts'
import { readText } from './read-text.ts'
import { waitBeforeRetry } from './retry.ts'

export type Query = Readonly<Record<string, string | number | undefined>>

export interface ApiRequest {
  method: 'GET' | 'POST'
  /** With its leading slash. */
  path: string
  query?: Query | undefined
  body?: unknown
  accept?: string
  /** Makes a POST repeatable: the server knows it by this again. */
  idempotencyKey?: string
  /** A POST that changes nothing, such as a plan: it may be made again. */
  safe?: boolean
  /** Nobody waits for the answer any more when it fires. */
  signal?: AbortSignal
}

export interface ClientOptions {
  url: URL
  credentials: Credentials
  timeoutMs: number
}

/** The operators' API. Safe requests are made again when that can help; whatever is answered is checked by its contract. */
export class ApiClient {
  readonly #options: ClientOptions
  readonly #io: Io
  #auth: Promise<Record<string, string>> | undefined

  constructor(options: ClientOptions, io: Io) {
    this.#options = options
    this.#io = io
  }

  get<T>(path: string, schema: z.ZodType<T>, query?: Query): Promise<T> {
    return this.json({ method: 'GET', path, query }, schema)
  }

  /** @throws CliError when the answer is an error, or not what the contract says. */
  async json<T>(request: ApiRequest, schema: z.ZodType<T>): Promise<T> {
    const text = await this.text(request)
    const at = `${request.method} ${request.path}`
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      throw notUnderstood(at, ['it is not JSON'])
    }
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    const issues = parsed.error.issues.slice(0, 5)
    throw notUnderstood(
      at,
      issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`),
    )
  }

  /** The answer as it is. */
  async text(request: ApiRequest): Promise<string> {
    return this.#answered(request, (answer) => readText(answer.body))
  }

  /** The answer as it comes in. An answer that breaks off makes the stream fail. */
  async stream(request: ApiRequest): Promise<Readable> {
    return this.#answered(request, (answer) => answer.body)
  }

  async #answered<T>(request: ApiRequest, read: (answer: HttpAnswer) => T | Promise<T>): Promise<T> {
    const safe = (request.safe ?? request.method === 'GET') || request.idempotencyKey !== undefined
    const url = this.#urlOf(request)
    for (let attempt = 1; ; attempt++) {
      let failure: CliError
      let wait: number | null
      try {
        const answer = await this.#send(url, request)
        if (answer.status >= 200 && answer.status < 300) return await read(answer)
        const { status, headers } = answer
        failure = explainAnswer({ url, method: request.method, status, headers, text: await readText(answer.body) })
        wait = waitBeforeRetry({ status, retryAfter: headers.get('retry-after') }, attempt, this.#io.now(), this.#io.random)
      } catch (error) {
        if (error instanceof CliError) throw error
        const code = error instanceof NoAnswer ? error.code : brokenOff(error)
        failure = explainNoAnswer({ url, method: request.method, code, wrote: !safe })
        wait = waitBeforeRetry({ code }, attempt, this.#io.now(), this.#io.random)
      }
      if (!safe || wait === null) throw failure
      await this.#io.sleep(wait, request.signal)
    }
  }

  #urlOf({ path, query }: ApiRequest): URL {
    const url = new URL(this.#options.url.pathname.replace(/\/$/, '') + path, this.#options.url)
    for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) url.searchParams.set(name, String(value))
    return url
  }

  async #send(url: URL, { method, body, accept, idempotencyKey, signal }: ApiRequest): Promise<HttpAnswer> {
    const { credentials, timeoutMs } = this.#options
    this.#auth ??= authHeaders(credentials, this.#options.url, timeoutMs)
    const headers = {
      ...(await this.#auth),
      accept: accept ?? 'application/json',
      'user-agent': `orc/${VERSION}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    }
    return exchange({ url, method, headers, timeoutMs, signal, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  }
}

function notUnderstood(at: string, lines: readonly string[]): CliError {
  return new CliError(`${at}: this orc (${VERSION}) does not understand the answer`, {
    code: 'unexpected_answer',
    lines,
    hint: 'Is --url (ORC_URL) the address of control, and of the same version as this orc?',
  })
}

/** An answer that began and did not end. */
function brokenOff(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'ECONNRESET'
}
