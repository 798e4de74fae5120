import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env as rawEnv } from 'cloudflare:workers'
import type { Client } from '@orchestrator/shared/contracts/client'
import type { ExecuteResponse } from '@orchestrator/shared/contracts/execution-api'
import type { AttemptRecord } from '@orchestrator/shared/contracts/jobs'
import type { LogEvent } from '@orchestrator/shared/contracts/events'
import { createExecution } from '../app.ts'
import { createIsolate } from '../deps.ts'
import { testClient } from './clients.ts'
import { env, stack, type StackOptions } from './stack.ts'

/** A problem document, and the members that `/execute` adds. */
export interface ExecuteProblem {
  status: number
  code: string
  detail: string
  requestId: string
  issues?: { path: string; message: string }[]
  outcome?: string
  attempts?: number
  upstreamStatus?: number
  upstreamBody?: unknown
}

export interface Asked {
  status: number
  headers: Headers
  text: string
  /** The body, as what a success or a problem is. */
  json: ExecuteResponse & ExecuteProblem
}

export interface ExecuteStackOptions extends StackOptions {
  client?: Partial<Client>
  /** More of the Worker's environment. */
  env?: Record<string, unknown>
}

/** No waits between attempts, and no breaker: what a test wants, it says. */
export const QUICK_RETRY = {
  maxAttempts: 3,
  backoff: 'list' as const,
  baseMs: 0,
  maxMs: 1_000,
  listMs: [1],
  jitter: 'none' as const,
  retryOn: ['429', '5xx', 'timeout', 'network'],
  stopOn: [],
  respectRetryAfter: true,
  retryAfterCapMs: 60_000,
  resetHeaders: false,
  budget: null,
}

/** A connector with an upstream of its own, and a client of its own that calls it through one isolate. */
export async function executeStack(options: ExecuteStackOptions = {}) {
  const { client, key } = await testClient(options.client)
  const { config } = options
  const made = await stack({
    ...options,
    policy: { retry: QUICK_RETRY, circuitBreaker: null, ...options.policy },
    config: (name) => ({ clients: [client], ...(typeof config === 'function' ? config(name) : config) }),
  })
  const isolate = createIsolate()
  const worker = createExecution(isolate)
  const call = { connector: made.name, operation: 'echo', input: { id: 'sub_1' } }

  const send = async (init: RequestInit, path = '/execute'): Promise<Response> => {
    const context = createExecutionContext()
    const response = await worker.fetch(
      new Request(`https://execution.example${path}`, { method: 'POST', ...init }),
      { ...(rawEnv as object), ...options.env },
      context,
    )
    // A body that is streamed ends its work only when it is read.
    if (!response.headers.has('x-orchestrator-attempts')) await waitOnExecutionContext(context)
    return response
  }
  const ask = async (body: unknown = call, headers: Record<string, string> = {}, init: RequestInit = {}): Promise<Asked> => {
    const response = await send({
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
      ...init,
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: parse(text) }
  }
  return { ...made, client, key, call, isolate, send, ask, log: () => readAttempts(made.name) }
}

function parse(text: string): Asked['json'] {
  try {
    return JSON.parse(text) as Asked['json']
  } catch {
    return {} as Asked['json']
  }
}

/** The rows of the log that a connector has, oldest first. */
async function readAttempts(connector: string): Promise<
  {
    kind: string
    jobId: string | null
    trace: string
    failed: number | null
    attempt: AttemptRecord | null
    events: LogEvent[]
  }[]
> {
  const { results } = await env.DATA_00.prepare(
    'SELECT kind, job_id AS jobId, trace, failed, attempt, events FROM events WHERE connector = ? ORDER BY seq',
  )
    .bind(connector)
    .all<{ kind: string; jobId: string | null; trace: string; failed: number | null; attempt: string | null; events: string }>()
  return results.map((row) => ({
    ...row,
    attempt: row.attempt === null ? null : (JSON.parse(row.attempt) as AttemptRecord),
    events: JSON.parse(row.events) as LogEvent[],
  }))
}
