import type { AuditedChange } from '@orchestrator/shared/audit/append'
import { CLIENT_HEADER, type ClientCallRequest } from '@orchestrator/shared/contracts/impersonation-api'
import { MAX_EXECUTE_MS } from '@orchestrator/shared/contracts/execution-api'
import { newId } from '@orchestrator/shared/core/ids'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import { neighbour } from '../deadlines.ts'
import type { ControlEnv } from '../env.ts'

/** What execution takes beside the longest call, ms. */
const GRACE_MS = 5_000

/** What the verbs on impersonations need. */
export interface ImpersonationDeps {
  now(): number
  newImpersonationId(now: number): string
  control<T>(work: (db: D1Database) => Promise<T>): Promise<T>
  changeAudited<T>(decide: (seq: number) => Promise<AuditedChange<T>>): Promise<{ row: AuditRow | null; value: T }>
}

/** The real functions behind impersonations. */
export function createImpersonationDeps(env: ControlEnv) {
  return {
    newImpersonationId: (now: number) => newId('imp', 0, now, Math.random),
    callAsClient: (client: string, { method, path, idempotencyKey, body }: ClientCallRequest) => {
      const headers = new Headers({ [CLIENT_HEADER]: client })
      if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey)
      if (method === 'POST') headers.set('content-type', 'application/json')
      const request = new Request(`https://execution.internal${path}`, {
        method,
        headers,
        ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
      })
      return neighbour('execution', env.AS_CLIENT, request, MAX_EXECUTE_MS + GRACE_MS)
    },
  }
}
