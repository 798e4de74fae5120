import { type Connector, operation as operationOf } from '@orchestrator/shared/contracts/connector'
import { ok } from '@orchestrator/shared/core/result'
import { Secret } from '@orchestrator/shared/secrets/secret'
import type { SentBody } from '../connectors/auth/types.ts'
import { TokenCache } from '../connectors/auth/token-cache.ts'
import { callHttp, type HttpCall, type HttpConnectorDeps } from '../connectors/http-connector.ts'

export const TEST_CONNECTOR: Connector = {
  id: 'billing',
  baseUrl: 'https://billing.example.com/api/',
  auth: { kind: 'none' },
  headers: { 'x-team': 'growth' },
  policy: 'billing',
  responseLimitBytes: 1_048_576,
  egress: { redirects: 0, allowedHosts: [] },
  resumedAt: null,
  breakerResetAt: null,
}
export const TEST_OPERATION = operationOf.parse({
  connector: 'billing',
  name: 'set',
  method: 'PUT',
  path: '/subscriptions/{id}',
  body: '$',
})

/** One request that left, as the upstream sees it. */
export interface SentRequest {
  url: string
  method: string
  headers: Headers
  body: SentBody | null
  signal: AbortSignal | null | undefined
}

export interface BenchOptions {
  /** By name: the current value first. */
  secrets?: Record<string, string[]>
  deps?: Partial<HttpConnectorDeps>
}

/** A connector with upstreams that answer as told; the time stands still. */
export function httpBench(
  answer: (request: SentRequest, count: number) => Promise<Response> | Response,
  options: BenchOptions = {},
) {
  const sent: SentRequest[] = []
  const deps: HttpConnectorDeps = {
    fetch: async (url, { method = 'GET', headers, body, signal }) => {
      const sentBody = typeof body === 'string' || body instanceof Uint8Array ? (body as SentBody) : null
      const request = { url, method, headers: new Headers(headers), body: sentBody, signal }
      return await answer(request, sent.push(request))
    },
    findSecrets: async (name) => (options.secrets?.[name] ?? []).map((value) => new Secret(value)),
    tokens: new TokenCache(),
    now: () => 1_700_000_000_000,
    environment: 'production',
    ownHosts: ['orchestrator.example'],
    ...options.deps,
  }
  const call = ({ connector, operation, ...changes }: BenchCall = {}) =>
    callHttp(deps, {
      input: ok({ id: 'sub/1', status: 'active' }),
      idempotencyKey: 'job_1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      signal: new AbortController().signal,
      attemptMs: 5_000,
      ...changes,
      connector: { ...TEST_CONNECTOR, ...connector },
      operation: { ...TEST_OPERATION, ...operation },
    })
  return { call, sent, deps }
}

export type BenchCall = Partial<Omit<HttpCall, 'connector' | 'operation'>> & {
  connector?: Partial<HttpCall['connector']>
  operation?: Partial<HttpCall['operation']>
}

export function redirect(status: number, location: string): Response {
  return new Response(null, { status, headers: { location } })
}
