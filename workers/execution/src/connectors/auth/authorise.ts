import type { ConnectorAuth } from '@orchestrator/shared/contracts/connector'
import { assertNever, err, ok } from '@orchestrator/shared/core/result'
import { awsCredentials } from './aws-sig-v4.ts'
import { hmacCredentials } from './hmac.ts'
import { dropToken, oauthToken } from './oauth-token.ts'
import { standardWebhooksCredentials } from './standard-webhooks.ts'
import { staticCredentials } from './static-credentials.ts'
import type { AuthCall, AuthDeps, Authorised, UnsignedRequest } from './types.ts'

/**
 * What proves to the upstream who calls. Without its secret a call is not made at all: the error is for the operator. Throws when
 * a secret cannot be looked up now, or a token not be got.
 */
export async function authorise(deps: AuthDeps, auth: ConnectorAuth, request: UnsignedRequest, call: AuthCall): Authorised {
  if (auth.kind === 'none') return ok({ headers: {}, confidential: [] })
  const secrets = (await deps.findSecrets(auth.secret)).map((secret) => secret.reveal())
  const [current] = secrets
  if (current === undefined) return err(`the secret “${auth.secret}” has no value`)
  if (!secrets.every((secret) => secret.isWellFormed())) return unusable(auth.secret)
  switch (auth.kind) {
    case 'bearer':
    case 'basic':
    case 'header':
      return usable(auth.secret, ok(staticCredentials(auth, current)))
    case 'hmac':
      return usable(auth.secret, ok(await hmacCredentials(auth, current, request, seconds(deps))))
    case 'standardWebhooks': {
      const signed = await standardWebhooksCredentials(secrets, call.idempotencyKey, seconds(deps), request.body)
      return signed.ok ? signed : err(`the secret “${auth.secret}” ${signed.error}`)
    }
    case 'oauth2ClientCredentials':
      return usable(auth.secret, await oauthToken(deps, auth, current, call))
    case 'awsSigV4':
      return authoriseAws(deps, auth, current, request)
    default:
      return assertNever(auth)
  }
}

/** Forgets what was kept of a call's credentials, after the upstream refused them. Answers whether there was any. */
export async function forgetToken(deps: AuthDeps, auth: ConnectorAuth, call: AuthCall): Promise<boolean> {
  if (auth.kind !== 'oauth2ClientCredentials') return false
  const [current] = await deps.findSecrets(auth.secret)
  if (current) await dropToken(deps, auth, current.reveal(), call)
  return current !== undefined
}

async function authoriseAws(
  deps: AuthDeps,
  auth: Extract<ConnectorAuth, { kind: 'awsSigV4' }>,
  secretAccessKey: string,
  request: UnsignedRequest,
): Authorised {
  const named = auth.sessionToken
  const [session] = named === null ? [] : await deps.findSecrets(named)
  if (named !== null && session === undefined) return err(`the secret “${named}” has no value`)
  const keys = { secretAccessKey, sessionToken: session?.reveal() }
  try {
    return ok(await awsCredentials(auth, keys, request, deps.now()))
  } catch {
    return unusable(named ?? auth.secret)
  }
}

/** The runtime refuses what cannot stand in a header, and may tell it in its error. */
async function usable(secret: string, credentials: Awaited<Authorised>): Authorised {
  if (!credentials.ok) return credentials
  try {
    new Headers(credentials.value.headers).get('x')
    return credentials
  } catch {
    return unusable(secret)
  }
}

function unusable(secret: string) {
  return err(`the secret “${secret}” cannot stand in a header`)
}

function seconds({ now }: AuthDeps): number {
  return Math.floor(now() / 1_000)
}
