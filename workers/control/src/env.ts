import { accessIssuer, baseEnv, binding, createEnvParser, ownHosts } from '@orchestrator/shared/http/env'
import * as z from 'zod'
import type { BulkRunner } from './bulk-operations/bulk-runner.do.ts'

const origin = z.url().transform((url) => new URL(url).origin)

/** Bindings and variables, as wrangler.toml names them. Loose: secrets whose source is `env` or `store` are looked up by name. */
export const schema = z.looseObject({
  ...baseEnv,
  ACCESS_ISSUER: accessIssuer,
  ACCESS_AUDIENCE: z.string().min(1),
  ALLOWED_ORIGINS: z.string().transform((text, context) => {
    const origins = z.array(origin).safeParse(text.split(',').map((one) => one.trim()))
    if (origins.success) return origins.data
    context.addIssue({ code: 'custom', message: 'is a comma-separated list of origins' })
    return z.NEVER
  }),
  /** Whom people without a role write to: an address or a page. */
  ACCESS_CONTACT: z.string().trim().min(1).max(200).optional(),
  /** As execution has them. */
  OWN_HOSTS: ownHosts,
  /** Key of `stored` secrets, the same as that of ingress and execution. */
  SECRETS_KEY: z.string().min(1),
  /** What it was before, while secrets are sealed anew. */
  SECRETS_KEY_PREVIOUS: z.string().min(1).optional(),
  /** The Ed25519 key that signs heads of the audit log is derived from it. */
  AUDIT_SIGNING_KEY: z.string().min(1),
  CONTROL_DB: binding<D1Database>(),
  DATA_00: binding<D1Database>(),
  DATA_01: binding<D1Database>(),
  PAYLOADS: binding<R2Bucket>(),
  WEBHOOK_QUEUE: binding<Queue>(),
  CRITICAL_QUEUE: binding<Queue>(),
  DEFAULT_QUEUE: binding<Queue>(),
  LOW_QUEUE: binding<Queue>(),
  /** Takes the steps of bulk operations. */
  BULK_RUNNER: binding<DurableObjectNamespace<BulkRunner>>(),
  /** The neighbours. Control works without them, and shows what is missing. */
  INGRESS: binding<Fetcher>().optional(),
  EXECUTION: binding<Fetcher>().optional(),
  /** Execution's door for calls that operators try. */
  CONNECTOR_TEST: binding<Fetcher>().optional(),
  /** Execution's door that tells how breakers stand. */
  BREAKER_STATES: binding<Fetcher>().optional(),
  /** Execution's door for administrators who act as a client. */
  AS_CLIENT: binding<Fetcher>().optional(),
  /** Their doors that tell whether a secret can be read there. */
  INGRESS_SECRET_CHECK: binding<Fetcher>().optional(),
  EXECUTION_SECRET_CHECK: binding<Fetcher>().optional(),
})

export type ControlEnv = z.output<typeof schema>

export const parseEnv = createEnvParser<ControlEnv>(schema)
