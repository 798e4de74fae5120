import type { ConnectorAuth } from '@orchestrator/shared/contracts/connector'
import { toBase64, utf8 } from '@orchestrator/shared/core/bytes'
import { assertNever, err, ok, type Result } from '@orchestrator/shared/core/result'
import type { Secret } from '@orchestrator/shared/secrets/secret'

/** The value of a secret by its name; `undefined` when there is none. */
export type FindSecret = (name: string) => Promise<Secret | undefined>

/** Adds the credentials, and answers what must not appear in any record. Without its secret a call is not made at all. Throws when
 * the secret cannot be looked up now. */
export async function authorise(
  auth: ConnectorAuth,
  headers: Headers,
  findSecret: FindSecret,
): Promise<Result<string[], string>> {
  if (auth.kind === 'none') return ok([])
  if (auth.kind !== 'bearer' && auth.kind !== 'basic' && auth.kind !== 'header') return err(`auth “${auth.kind}” is not known`)
  const secret = await findSecret(auth.secret)
  if (!secret) return err(`the secret “${auth.secret}” has no value`)
  const unusable = err(`the secret “${auth.secret}” cannot stand in a header`)
  if (!secret.reveal().isWellFormed()) return unusable
  const { header, value, confidential } = credentials(auth, secret.reveal())
  try {
    headers.set(header, value)
  } catch {
    return unusable
  }
  return ok(confidential)
}

interface Credentials {
  header: string
  value: string
  confidential: string[]
}

function credentials(auth: Extract<ConnectorAuth, { kind: 'bearer' | 'basic' | 'header' }>, secret: string): Credentials {
  switch (auth.kind) {
    case 'bearer':
      return { header: 'authorization', value: `Bearer ${secret}`, confidential: [secret] }
    case 'basic': {
      const encoded = toBase64(utf8(`${auth.username}:${secret}`))
      return { header: 'authorization', value: `Basic ${encoded}`, confidential: [secret, encoded] }
    }
    case 'header':
      return { header: auth.header, value: secret, confidential: [secret] }
    default:
      return assertNever(auth)
  }
}

/** The text without what must not be recorded. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((result, secret) => (secret.length < 4 ? result : result.replaceAll(secret, '[redacted]')), text)
}
