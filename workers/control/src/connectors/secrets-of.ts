import type { ConnectorAuth } from '@orchestrator/shared/contracts/connector'

/** The names of the secrets that calls are authorised with, by the field that names them. */
export function secretsOf(auth: ConnectorAuth): { field: string; name: string }[] {
  if (auth.kind === 'none') return []
  const sessionToken = auth.kind === 'awsSigV4' ? auth.sessionToken : null
  return [
    { field: 'auth.secret', name: auth.secret },
    ...(sessionToken === null ? [] : [{ field: 'auth.sessionToken', name: sessionToken }]),
  ]
}
