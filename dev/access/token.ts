import { importJWK, type JWK, jwtVerify, SignJWT } from 'jose'

export interface AccessEnv {
  /** RSA private key as a JWK with its `kid`, JSON. Kept by the local runtime, so that sessions outlive a restart. */
  SIGNING_KEY: string
  ISSUER: string
  AUDIENCE_CONSOLE: string
  AUDIENCE_BREAKGLASS: string
}

export type App = 'console' | 'breakglass'

/** A day, as Access keeps a session by default, s. */
export const DEFAULT_TTL_SECONDS = 86_400

/** The audience tag of an application. */
export function audienceOf(app: App, env: AccessEnv): string {
  return app === 'console' ? env.AUDIENCE_CONSOLE : env.AUDIENCE_BREAKGLASS
}

/** The public half of the signing key, as Access publishes it. */
export function publicKey(env: AccessEnv): JWK {
  const { kid, kty, n, e } = JSON.parse(env.SIGNING_KEY) as JWK
  return { kid, kty, n, e, alg: 'RS256', use: 'sig' }
}

/**
 * An application token with the claims that Cloudflare documents. `nowMs` in ms; a negative `ttlSeconds` gives an expired one.
 * https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/application-token/
 */
export async function mintToken(
  env: AccessEnv,
  who: { email: string; app: App; groups: readonly string[]; ttlSeconds: number; nowMs: number },
): Promise<string> {
  const jwk = JSON.parse(env.SIGNING_KEY) as JWK
  const now = Math.floor(who.nowMs / 1_000)
  const issuedAt = who.ttlSeconds < 0 ? now + who.ttlSeconds - 60 : now
  return new SignJWT({
    aud: [audienceOf(who.app, env)],
    email: who.email,
    type: 'app',
    identity_nonce: crypto.randomUUID().replaceAll('-', '').slice(0, 16),
    country: 'DE',
    // Where Access puts what the identity provider was set up to pass on.
    ...(who.groups.length > 0 ? { custom: { groups: who.groups } } : {}),
  })
    .setProtectedHeader({ alg: 'RS256', kid: String(jwk.kid), typ: 'JWT' })
    .setIssuer(env.ISSUER)
    .setSubject(await subjectOf(who.email))
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(now + who.ttlSeconds)
    .sign(await importJWK(jwk, 'RS256'))
}

/** Who a token is about; `undefined` when it is not one of ours for this application, or not valid any more. */
export async function readIdentity(token: string, app: App, env: AccessEnv): Promise<{ email: string; sub: string } | undefined> {
  try {
    const { payload } = await jwtVerify(token, await importJWK(publicKey(env), 'RS256'), {
      issuer: env.ISSUER,
      audience: audienceOf(app, env),
      algorithms: ['RS256'],
    })
    return { email: String(payload.email), sub: String(payload.sub) }
  } catch {
    return undefined
  }
}

/** A person's id: a UUID that is the same every time. */
async function subjectOf(email: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(email.toLowerCase()))
  const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-')
}
