import * as values from '../values.ts'

/** The Workers of the local stack by the names in their wrangler files; the first one listens. */
export const WORKERS = [
  { name: 'gateway', folder: 'dev/gateway' },
  { name: 'orchestrator-ingress', folder: 'workers/ingress' },
  { name: 'orchestrator-execution', folder: 'workers/execution' },
  { name: 'orchestrator-control', folder: 'workers/control' },
  { name: 'orchestrator-console', folder: 'workers/console' },
  { name: 'access', folder: 'dev/access' },
  { name: 'billing', folder: 'dev/billing' },
] as const

export type WorkerName = (typeof WORKERS)[number]['name']
export type Bindings = Record<string, string>

/** The variables and Worker secrets of development, by Worker. */
export function developmentBindings(port: number, accessKey: string): Record<WorkerName, Bindings> {
  const origins = ['console', 'control'].map((part) => values.localUrl(part, port)).join(',')
  const common = { ENVIRONMENT: 'development' }
  const secrets = { SECRETS_KEY: values.SECRETS_KEY }
  return {
    gateway: { PORT: String(port) },
    'orchestrator-ingress': { ...common, ...secrets },
    'orchestrator-execution': { ...common, ...secrets, BILLING_CREDENTIAL: values.BILLING_CREDENTIAL },
    'orchestrator-control': {
      ...common,
      ...secrets,
      AUDIT_SIGNING_KEY: values.AUDIT_SIGNING_KEY,
      ACCESS_ISSUER: values.localUrl('access', port),
      ACCESS_AUDIENCE: values.ACCESS_AUDIENCES.console,
      ALLOWED_ORIGINS: origins,
    },
    'orchestrator-console': common,
    access: {
      SIGNING_KEY: accessKey,
      ISSUER: values.localUrl('access', port),
      AUDIENCE_CONSOLE: values.ACCESS_AUDIENCES.console,
      AUDIENCE_BREAKGLASS: values.ACCESS_AUDIENCES.breakglass,
    },
    billing: { CREDENTIAL: values.BILLING_CREDENTIAL },
  }
}
