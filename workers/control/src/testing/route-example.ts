import type { AuditAction } from '@orchestrator/shared/contracts/audit'

export interface ExampleRequest {
  path: string
  /** `null`: the route takes none. */
  body: Readonly<Record<string, unknown>> | null
  /** As the audit log names it; a pattern where the request makes it up. */
  target: string | RegExp
}

/** A request that succeeds; route-examples.ts says how to write one. */
export interface RouteExample {
  request: ExampleRequest
  prepare?: () => Promise<Partial<ExampleRequest>>
  audit: readonly [] | readonly [AuditAction] | readonly [AuditAction, AuditAction]
  /** Of success; 200 by default. */
  status?: 201 | 202
  /** What the audit log has for a reason where the body has none. */
  reason?: string
  /** Fields of the body that take any JSON. */
  free?: readonly string[]
}
