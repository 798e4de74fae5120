const ID = '[A-Za-z0-9][A-Za-z0-9_.-]{0,127}'
/** Emails and names of groups. They may be percent-encoded, but no dot, lest they lead elsewhere (`%2e%2e`). */
const SUBJECT = "(?!\\.)(?:[A-Za-z0-9@!$&'*+=._~:-]|%(?!2[Ee])[0-9A-Fa-f]{2}){1,1000}"

/** Every operation of the control API that the web app uses, and nothing else (packages/shared/src/contracts/*-api.ts). */
const OPERATIONS: readonly { method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'; path: RegExp }[] = [
  { method: 'GET', path: /^\/v1\/(?:me|overview)$/ },
  { method: 'GET', path: /^\/v1\/(?:inbox|jobs|attempts|events|dead-letters|audit)$/ },
  { method: 'GET', path: new RegExp(`^/v1/(?:inbox|jobs|attempts|events|dead-letters)/${ID}$`) },
  { method: 'GET', path: /^\/v1\/audit\/(?:head|verify|export|\d{1,15})$/ },
  { method: 'POST', path: new RegExp(`^/v1/(?:dead-letters|inbox)/${ID}/replay$`) },
  { method: 'POST', path: new RegExp(`^/v1/dead-letters/${ID}/discard$`) },
  { method: 'POST', path: new RegExp(`^/v1/(?:inbox|jobs|attempts)/${ID}/reveal$`) },
  { method: 'POST', path: new RegExp(`^/v1/jobs/${ID}/(?:cancel|resolve)$`) },
  { method: 'GET', path: /^\/v1\/ordering-keys$/ },
  { method: 'POST', path: /^\/v1\/ordering-keys\/release$/ },
  { method: 'GET', path: new RegExp(`^/v1/bulk-operations(?:/${ID})?$`) },
  { method: 'POST', path: /^\/v1\/bulk-operations(?:\/plan)?$/ },
  { method: 'POST', path: new RegExp(`^/v1/bulk-operations/${ID}/(?:pause|resume|cancel)$`) },
  { method: 'GET', path: /^\/v1\/(?:presets|providers|routes|secrets|connectors|policies|clients|queues|breakers|rate-limits)$/ },
  { method: 'GET', path: new RegExp(`^/v1/(?:presets|providers|routes|connectors|policies|clients)/${ID}$`) },
  { method: 'GET', path: new RegExp(`^/v1/connectors/${ID}/operations(?:/${ID})?$`) },
  { method: 'GET', path: new RegExp(`^/v1/providers/${ID}/handshake-token$`) },
  { method: 'POST', path: /^\/v1\/(?:providers|routes|connectors|policies|clients)$/ },
  { method: 'PATCH', path: new RegExp(`^/v1/(?:providers|routes|connectors|policies|clients)/${ID}$`) },
  { method: 'DELETE', path: new RegExp(`^/v1/(?:providers|routes|secrets|connectors|policies|clients)/${ID}$`) },
  { method: 'GET', path: new RegExp(`^/v1/secrets/${ID}$`) },
  { method: 'PUT', path: new RegExp(`^/v1/secrets/${ID}$`) },
  { method: 'DELETE', path: new RegExp(`^/v1/secrets/${ID}/versions/\\d{1,9}$`) },
  { method: 'POST', path: new RegExp(`^/v1/secrets/${ID}/verify$`) },
  { method: 'POST', path: /^\/v1\/secrets\/rekey$/ },
  { method: 'POST', path: new RegExp(`^/v1/(?:providers|routes|clients)/${ID}/(?:enable|disable)$`) },
  { method: 'POST', path: new RegExp(`^/v1/(?:providers|routes|connectors|policies|clients)/${ID}/clone$`) },
  { method: 'POST', path: new RegExp(`^/v1/providers/${ID}/(?:try|test)$`) },
  { method: 'POST', path: new RegExp(`^/v1/connectors/${ID}/operations$`) },
  { method: 'POST', path: new RegExp(`^/v1/connectors/${ID}/operations/${ID}/clone$`) },
  { method: 'PATCH', path: new RegExp(`^/v1/connectors/${ID}/operations/${ID}$`) },
  { method: 'DELETE', path: new RegExp(`^/v1/connectors/${ID}/operations/${ID}$`) },
  { method: 'POST', path: new RegExp(`^/v1/(?:connectors|providers|queues)/${ID}/(?:pause|resume)$`) },
  { method: 'POST', path: new RegExp(`^/v1/connectors/${ID}/test$`) },
  { method: 'PUT', path: new RegExp(`^/v1/connectors/${ID}/breaker$`) },
  { method: 'DELETE', path: new RegExp(`^/v1/connectors/${ID}/breaker$`) },
  { method: 'POST', path: new RegExp(`^/v1/connectors/${ID}/breaker/reset$`) },
  { method: 'POST', path: new RegExp(`^/v1/clients/${ID}/keys$`) },
  { method: 'DELETE', path: new RegExp(`^/v1/clients/${ID}/keys/${ID}$`) },
  { method: 'GET', path: /^\/v1\/(?:config|config\/in-use|config-revisions|settings)$/ },
  { method: 'GET', path: /^\/v1\/config-revisions\/\d{1,15}(?:\/compare)?$/ },
  { method: 'POST', path: /^\/v1\/config\/(?:plan|apply)$/ },
  { method: 'POST', path: /^\/v1\/config-revisions\/\d{1,15}\/rollback$/ },
  { method: 'PATCH', path: /^\/v1\/settings$/ },
  { method: 'GET', path: /^\/v1\/rejected-requests$/ },
  { method: 'POST', path: /^\/v1\/policies\/lab$/ },
  { method: 'GET', path: new RegExp(`^/v1/impersonations(?:/${ID})?$`) },
  { method: 'POST', path: /^\/v1\/impersonations$/ },
  { method: 'POST', path: new RegExp(`^/v1/impersonations/${ID}/(?:end|call)$`) },
  { method: 'GET', path: /^\/v1\/role-bindings$/ },
  { method: 'POST', path: /^\/v1\/role-bindings$/ },
  { method: 'DELETE', path: new RegExp(`^/v1/role-bindings/(?:user|group|service)/${SUBJECT}/[a-z_]{1,32}$`) },
]

/**
 * The path at control that a request to the console's `/api` stands for, or `undefined` when the console does not offer it.
 * Percent-encoded paths match nothing: no id needs them, but for the subjects of role bindings.
 */
export function controlPath(method: string, path: string): string | undefined {
  if (!path.startsWith('/api/')) return undefined
  const target = path.slice('/api'.length)
  return OPERATIONS.some((operation) => operation.method === method && operation.path.test(target)) ? target : undefined
}
