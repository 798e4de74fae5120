const ID = '[A-Za-z0-9][A-Za-z0-9_.-]{0,127}'

/** Every operation of the control API that the web app uses, and nothing else (packages/shared/src/contracts/*-api.ts). */
const OPERATIONS: readonly { method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'; path: RegExp }[] = [
  { method: 'GET', path: /^\/v1\/(?:me|overview)$/ },
  { method: 'GET', path: /^\/v1\/(?:inbox|jobs|attempts|events|dead-letters|audit)$/ },
  { method: 'GET', path: new RegExp(`^/v1/(?:inbox|jobs|attempts|events|dead-letters)/${ID}$`) },
  { method: 'GET', path: /^\/v1\/audit\/\d{1,15}$/ },
  { method: 'POST', path: new RegExp(`^/v1/(?:dead-letters|inbox)/${ID}/replay$`) },
  { method: 'GET', path: /^\/v1\/(?:presets|providers|routes|secrets)$/ },
  { method: 'GET', path: new RegExp(`^/v1/(?:presets|providers|routes)/${ID}$`) },
  { method: 'GET', path: new RegExp(`^/v1/providers/${ID}/handshake-token$`) },
  { method: 'POST', path: /^\/v1\/(?:providers|routes)$/ },
  { method: 'PATCH', path: new RegExp(`^/v1/(?:providers|routes)/${ID}$`) },
  { method: 'DELETE', path: new RegExp(`^/v1/(?:providers|routes|secrets)/${ID}$`) },
  { method: 'PUT', path: new RegExp(`^/v1/secrets/${ID}$`) },
  { method: 'POST', path: new RegExp(`^/v1/(?:providers|routes)/${ID}/(?:enable|disable)$`) },
  { method: 'POST', path: new RegExp(`^/v1/providers/${ID}/(?:try|test)$`) },
]

/**
 * The path at control that a request to the console's `/api` stands for, or `undefined` when the console does not offer it.
 * Percent-encoded paths match nothing: no id needs them.
 */
export function controlPath(method: string, path: string): string | undefined {
  if (!path.startsWith('/api/')) return undefined
  const target = path.slice('/api'.length)
  return OPERATIONS.some((operation) => operation.method === method && operation.path.test(target)) ? target : undefined
}
