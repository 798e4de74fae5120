export interface GatewayEnv {
  INGRESS: Fetcher
  EXECUTION: Fetcher
  CONTROL: Fetcher
  CONSOLE: Fetcher
  ACCESS: Fetcher
  BILLING: Fetcher
  /** Port the stack listens on, for the addresses that pages show. */
  PORT: string
}

type Binding = 'INGRESS' | 'EXECUTION' | 'CONTROL' | 'CONSOLE' | 'ACCESS' | 'BILLING'

/** Which Worker serves `<name>.localhost`, and what a person finds there. */
export const HOSTS: Readonly<Record<string, { binding: Binding; about: string }>> = {
  ingress: { binding: 'INGRESS', about: 'where webhook senders post: /webhooks/stripe' },
  execution: { binding: 'EXECUTION', about: 'where product backends call other services: /execute, /jobs, with an API key' },
  control: { binding: 'CONTROL', about: 'the operators’ API: /v1/…, with a token' },
  console: { binding: 'CONSOLE', about: 'the operators’ console; choose a person to sign in as' },
  breakglass: { binding: 'CONTROL', about: 'the break-glass door, served by control' },
  emergency: { binding: 'CONTROL', about: 'the door for the day Access is down, served by control' },
  access: { binding: 'ACCESS', about: 'local Access: /token?email=operator@example.com&app=console' },
  billing: { binding: 'BILLING', about: 'the BuildOS Billing API: /subscriptions/:id, /calls, /behaviour' },
}

const OWN_HOSTNAMES = new Set(['localhost', '127.0.0.1', '[::1]'])

export type Host = { kind: 'own' } | { kind: 'part'; name: string; binding: Binding } | { kind: 'unknown' }

/** Whose a hostname is. The port does not matter: jobs may have pinned the port of an earlier start. */
export function findHost(hostname: string): Host {
  if (OWN_HOSTNAMES.has(hostname)) return { kind: 'own' }
  const name = hostname.endsWith('.localhost') ? hostname.slice(0, -'.localhost'.length) : ''
  const known = Object.hasOwn(HOSTS, name) ? HOSTS[name] : undefined
  return known ? { kind: 'part', name, binding: known.binding } : { kind: 'unknown' }
}
