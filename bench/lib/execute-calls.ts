import { seedConfig } from '@orchestrator/dev/runtime/seed-config'
import { CLIENT_KEY } from '@orchestrator/dev/values'
import { type ConfigContent, publishConfig } from '@orchestrator/shared/config/publish'
import type { ConfigBindings } from '@orchestrator/shared/config/snapshot-store'
import type { Policy } from '@orchestrator/shared/contracts/policy'
import { policyInput } from '@orchestrator/shared/contracts/policy-input'
import { connector, operation } from '@orchestrator/shared/contracts/connector'
import type { ReadyRequest } from './load.ts'

/** What the upstream answers to every call. */
export const UPSTREAM_ANSWER = JSON.stringify({ id: 'sub_1', status: 'active', seats: 3 })

/** Far more than a benchmark reaches: what costs is the asking. */
const AMPLE = 1_000_000

/** Kinds of calls that differ in what they ask of Durable Objects and DATA. */
export const CALL_KINDS = {
  plain: 'breaker closed, no limits',
  limited: 'and a rate limit',
  concurrent: 'and a limit of concurrency',
} as const
export type CallKind = keyof typeof CALL_KINDS

const LIMITS: Record<CallKind, Partial<Pick<Policy, 'rateLimit' | 'concurrency'>>> = {
  plain: {},
  limited: { rateLimit: { limit: AMPLE, perMs: 1_000, burst: AMPLE, key: null, onUnavailable: 'failClosed' } },
  concurrent: { concurrency: { limit: 10_000, key: null, onUnavailable: 'failClosed' } },
}

/** Publishes one connector for each kind, beside what development has. */
export async function publishCalls(bindings: ConfigBindings, port: number): Promise<void> {
  const kinds = Object.keys(CALL_KINDS) as CallKind[]
  const content: ConfigContent = seedConfig(port, { version: 1, iv: '', ciphertext: '', validUntil: null })
  content.connectors = kinds.map((id) =>
    connector.parse({
      id,
      baseUrl: 'http://upstream.localhost',
      auth: { kind: 'none' },
      headers: {},
      policy: id,
      responseLimitBytes: 1_048_576,
    }),
  )
  content.operations = kinds.map((id) =>
    operation.parse({ connector: id, name: 'call', method: 'POST', path: '/call', body: '$' }),
  )
  content.policies = kinds.map((id) => policyInput.parse({ id, ...LIMITS[id] }))
  content.routes = []
  await publishConfig(bindings, content, { author: 'bench', reason: 'calls of a benchmark', now: Date.now() })
}

/** That many calls of a kind; with `keyed`, each with an `Idempotency-Key` of its own. */
export function executeCalls(kind: CallKind, name: string, count: number, keyed = false): ReadyRequest[] {
  return Array.from({ length: count }, (_, n) => {
    const input = { id: `sub_${name}_${n}`, status: 'active', note: 'x'.repeat(200) }
    const body = Buffer.from(JSON.stringify({ connector: kind, operation: 'call', input }))
    return {
      path: '/execute',
      headers: {
        'content-type': 'application/json',
        'content-length': String(body.length),
        authorization: `Bearer ${CLIENT_KEY}`,
        ...(keyed ? { 'idempotency-key': `${name}_${n}` } : {}),
      },
      body,
    }
  })
}
