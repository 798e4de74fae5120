import type { AuditEntry } from '@orchestrator/shared/contracts/control-api'
import { answer, ask, type AskOptions, type Person } from './harness.ts'

/** One write, as the person who may do it unless told otherwise. */
export const write = (method: string, path: string, body?: unknown, options: AskOptions = {}): Promise<Response> =>
  ask(path, { method, as: 'admin', ...(body === undefined ? {} : { body }), ...options })

export const read = <T = Record<string, unknown>>(path: string, as: Person = 'viewer'): Promise<T> => answer<T>(ask(path, { as }))

/** The newest entries of the audit log first. */
export const auditLog = async (): Promise<AuditEntry[]> =>
  (await answer<{ items: AuditEntry[] }>(ask('/v1/audit?limit=200', { as: 'auditor' }))).items

/** The fields that a 400 names. */
export async function issuesOf(response: Promise<Response>): Promise<Record<string, string>> {
  const { issues } = await answer<{ issues: { path: string; message: string }[] }>(response, 400)
  return Object.fromEntries(issues.map(({ path, message }) => [path, message]))
}

/** A route to the connector that the tests' configuration has. */
export const routeFields = (changes: object = {}): object => ({
  id: 'subscriptions',
  provider: 'stripe-eu',
  eventTypes: ['customer.subscription.*'],
  connector: 'billing',
  operation: 'set-subscription',
  input: '{"id": data.object.id}',
  ...changes,
})

/** A custom sender whose HMAC is over time and body. */
export const hmacSender = (changes: object = {}): object => ({
  verification: {
    scheme: 'signature',
    algorithm: { kind: 'hmac', hash: 'SHA-256', key: { encoding: 'utf8' } },
    headers: ['x-signature'],
    format: { kind: 'pairs', separator: ',', name: 'v1' },
    encoding: 'hex',
    template: '{timestamp}.{body}',
    timestamp: {
      from: { kind: 'pair', name: 't' },
      unit: 'seconds',
      tolerance: { pastSeconds: 300, futureSeconds: 300 },
    },
  },
  eventId: { kind: 'body', path: 'id' },
  eventType: { kind: 'body', path: 'type' },
  ...changes,
})
