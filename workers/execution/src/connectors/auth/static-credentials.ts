import { toBase64, utf8 } from '@orchestrator/shared/core/bytes'
import { assertNever } from '@orchestrator/shared/core/result'
import type { Auth, Credentials } from './types.ts'

/** Credentials that are the same for every call. */
export function staticCredentials(auth: Auth<'bearer' | 'basic' | 'header'>, secret: string): Credentials {
  switch (auth.kind) {
    case 'bearer':
      return { headers: { authorization: `Bearer ${secret}` }, confidential: [secret, `Bearer ${secret}`] }
    case 'basic': {
      const encoded = toBase64(utf8(`${auth.username}:${secret}`))
      return { headers: { authorization: `Basic ${encoded}` }, confidential: [secret, encoded, `Basic ${encoded}`] }
    }
    case 'header':
      return { headers: { [auth.header]: secret }, confidential: [secret] }
    default:
      return assertNever(auth)
  }
}
