/** The fixed values of development. They stand nowhere else, and production refuses all of them. */
export const SECRETS_KEY = 'secrets_key_development_only'
export const AUDIT_SIGNING_KEY = 'audit_signing_key_development_only'
export const STRIPE_SIGNING_SECRET = 'whsec_development_only_stripe'
export const BILLING_CREDENTIAL = 'billing_development_only'
/** API key of the client `dev`, which may do everything. */
export const CLIENT_KEY = 'ork_dev_development_only'
export const DEFAULT_PORT = 8787

/** The applications that the local Access guards, and the audience of each one's tokens. */
export const ACCESS_AUDIENCES = {
  console: 'console-development-only',
  breakglass: 'breakglass-development-only',
} as const

export interface Person {
  email: string
  roles: readonly ('viewer' | 'operator' | 'admin' | 'auditor' | 'break_glass_admin')[]
  about: string
}

/** The people of development. Anybody else has no role until an administrator binds one. */
export const PEOPLE: readonly Person[] = [
  { email: 'viewer@example.com', roles: ['viewer'], about: 'reads everything but the audit log' },
  { email: 'operator@example.com', roles: ['operator'], about: 'also replays, and steers routes and senders' },
  { email: 'admin@example.com', roles: ['admin'], about: 'also configures senders and secrets, and reads the audit log' },
  { email: 'auditor@example.com', roles: ['auditor'], about: 'reads everything, the audit log too' },
  { email: 'breakglass@example.com', roles: ['break_glass_admin'], about: 'may open the break-glass door; elsewhere only reads' },
]

/** Address of one part of the local stack. */
export function localUrl(part: string, port: number): string {
  return `http://${part}.localhost:${port}`
}
