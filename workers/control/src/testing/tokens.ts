import { env } from 'cloudflare:workers'
import { importJWK, type JWK, SignJWT, UnsecuredJWT } from 'jose'
import { utf8 } from '@orchestrator/shared/core/bytes'

interface TestKey {
  kid: string
  publicJwk: JWK
  privateJwk: JWK
}
interface TestEnv {
  ACCESS_ISSUER: string
  ACCESS_AUDIENCE: string
  TEST_KEYS: string
}

const bindings = env as unknown as TestEnv
const keys = JSON.parse(bindings.TEST_KEYS) as Record<'current' | 'rotated' | 'foreign', TestKey>

export interface TokenOptions {
  claims?: Record<string, unknown>
  header?: Record<string, unknown>
  key?: keyof typeof keys
}

/** A token of our Access for a person, valid unless the options say otherwise. */
export async function tokenFor(email: string, { claims = {}, header = {}, key = 'current' }: TokenOptions = {}): Promise<string> {
  return new SignJWT({ ...claimsOf(email), ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: keys[key].kid, ...header })
    .sign(await signingKey(key))
}

const imported = new Map<string, Awaited<ReturnType<typeof importJWK>>>()

/** Importing a key takes longer than signing with it. */
async function signingKey(key: keyof typeof keys) {
  const known = imported.get(key) ?? (await importJWK(keys[key].privateJwk, 'RS256'))
  imported.set(key, known)
  return known
}

/** A token of a service token. */
export function serviceToken(name: string): Promise<string> {
  return tokenFor('', { claims: { sub: '', email: undefined, common_name: name } })
}

/** A token that nobody signed. */
export function unsignedToken(email: string): string {
  return new UnsecuredJWT(claimsOf(email)).encode()
}

/** A token signed with our public key as if it were a shared secret. */
export async function publicKeyToken(email: string): Promise<string> {
  return new SignJWT(claimsOf(email))
    .setProtectedHeader({ alg: 'HS256', kid: 'current' })
    .sign(utf8(JSON.stringify(keys.current.publicJwk)))
}

function claimsOf(email: string) {
  const now = Math.floor(Date.now() / 1_000)
  const { ACCESS_ISSUER: iss, ACCESS_AUDIENCE: audience } = bindings
  return { iss, aud: [audience], email, sub: `id-of-${email}`, iat: now, nbf: now, exp: now + 300, type: 'app' }
}
