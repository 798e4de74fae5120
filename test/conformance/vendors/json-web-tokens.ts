import { createSecretKey } from 'node:crypto'
import { Receiver } from '@upstash/qstash'
import { verifySignature as verifyVonage } from '@vonage/jwt'
import { OAuth2Client } from 'google-auth-library'
import { exportJWK, exportSPKI, generateKeyPair, importJWK, jwtVerify, SignJWT, type JWTPayload } from 'jose'
import { AccessToken, WebhookReceiver } from 'livekit-server-sdk'
import { verify as verifyMessagebird } from 'messagebird/lib/webhook-signature-jwt.js'
import type { VendorCase, VendorRequest } from './vendor-case.ts'
import { bytes, header, passes, post, sha256, text, unixSeconds, withHeader } from './wire.ts'

/** Senders that post a JSON Web Token, most with a digest of the body among its claims. */

const TOKEN_LIFE_SECONDS = 60

function hs256(secret: string, now: Date, claims: JWTPayload): Promise<string> {
  const issued = unixSeconds(now)
  return new SignJWT({ iat: issued, nbf: issued, exp: issued + TOKEN_LIFE_SECONDS, ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(bytes(secret))
}

const livekitSecret = 'conformance livekit api secret, long enough'
const livekitKey = 'APIconformance'

const livekit: VendorCase = {
  preset: 'livekit',
  package: 'livekit-server-sdk',
  mode: 'vendor-signs',
  secret: livekitSecret,
  settings: () => ({ api_key: livekitKey }),
  bodyAuthenticated: true,
  sampleBody: '{"event":"room_started","room":{"sid":"RM_1","name":"r"},"id":"EV_1","createdAt":"1760000000"}',
  sign: async ({ body, url }) => {
    const token = new AccessToken(livekitKey, livekitSecret, { ttl: TOKEN_LIFE_SECONDS })
    token.sha256 = sha256(body, 'base64')
    return post({ body, url }, { Authorization: await token.toJwt() }, 'application/webhook+json')
  },
  vendorAccepts: (request) =>
    passes(() => new WebhookReceiver(livekitKey, livekitSecret).receive(text(request), header(request, 'authorization'))),
}

const qstashKey = 'conformance qstash current signing key'

const qstash: VendorCase = {
  preset: 'upstash-qstash',
  package: '@upstash/qstash',
  mode: 'vendor-verifies',
  secret: qstashKey,
  signsUrl: true,
  bodyAuthenticated: true,
  sampleBody: '{"hello":"qstash","n":1}',
  sign: async ({ body, now, url }) => {
    const claims = { iss: 'Upstash', sub: url, jti: 'jwt_1', body: `${sha256(body, 'base64url')}=` }
    return post({ body, url }, { 'Upstash-Message-Id': 'msg_1', 'Upstash-Signature': await hs256(qstashKey, now, claims) })
  },
  vendorAccepts: (request) =>
    passes(() =>
      new Receiver({ currentSigningKey: qstashKey, nextSigningKey: 'another key' }).verify({
        signature: header(request, 'upstash-signature'),
        body: text(request),
        url: request.url,
      }),
    ),
}

const messagebirdKey = 'conformance messagebird signing key'

const messagebird: VendorCase = {
  preset: 'messagebird',
  package: 'messagebird',
  mode: 'vendor-verifies',
  secret: messagebirdKey,
  signsUrl: true,
  bodyAuthenticated: true,
  sampleBody: '{"type":"message.created","message":{"id":"m1"}}',
  sign: async ({ body, now, url }) => {
    const claims = { iss: 'MessageBird', jti: 'j1', url_hash: sha256(url, 'hex'), payload_hash: sha256(body, 'hex') }
    return post({ body, url }, { 'MessageBird-Signature-JWT': await hs256(messagebirdKey, now, claims) })
  },
  vendorAccepts: (request) => {
    const key = createSecretKey(Buffer.from(messagebirdKey))
    const token = header(request, 'messagebird-signature-jwt')
    return passes(() => verifyMessagebird(request.url, Buffer.from(request.body), token, key))
  },
}

/** The claims of a token that its package has accepted already. */
function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
}

const vonageSecret = 'conformance vonage signature secret'

const vonage: VendorCase = {
  preset: 'vonage',
  package: '@vonage/jwt',
  note: 'the package checks the token; comparing payload_hash with the body is left to the receiver',
  mode: 'vendor-verifies',
  secret: vonageSecret,
  bodyAuthenticated: true,
  sampleBody: '{"to":"14157386102","channel":"sms","message_uuid":"aaaaaaaa-0000-4000-8000-000000000001","status":"delivered"}',
  sign: async ({ body, now, url }) => {
    const claims = { iss: 'Vonage', jti: 'j1', api_key: 'abcd1234', payload_hash: sha256(body, 'hex') }
    return post({ body, url }, { Authorization: `Bearer ${await hs256(vonageSecret, now, claims)}` })
  },
  vendorAccepts: async (request) => {
    const token = header(request, 'authorization').replace('Bearer ', '')
    return verifyVonage(token, vonageSecret) && claimsOf(token).payload_hash === sha256(request.body, 'hex')
  },
}

const netlifySecret = 'conformance netlify jws secret'

const netlify: VendorCase = {
  preset: 'netlify',
  package: 'jose',
  thirdParty: true,
  note: 'Netlify has no package; a general JWT library checks the token, and the digest is compared as documented',
  mode: 'vendor-verifies',
  secret: netlifySecret,
  bodyAuthenticated: true,
  sampleBody: '{"id":"5ebc34bf4fea0b01f02efa3a","site_id":"fa4dd95a","state":"ready"}',
  sign: async ({ body, url }) => {
    const token = await new SignJWT({ iss: 'netlify', sha256: sha256(body, 'hex') })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(bytes(netlifySecret))
    return post({ body, url }, { 'X-Netlify-Event': 'deploy_created', 'X-Webhook-Signature': token })
  },
  vendorAccepts: (request) => {
    const options = { issuer: 'netlify', algorithms: ['HS256'] }
    return passes(async () => {
      const { payload } = await jwtVerify(header(request, 'x-webhook-signature'), bytes(netlifySecret), options)
      if (payload.sha256 !== sha256(request.body, 'hex')) throw new Error('another body')
    })
  },
}

const plaidKeys = await generateKeyPair('ES256')
const plaidJwk = { ...(await exportJWK(plaidKeys.publicKey)), kid: 'conformance-plaid', alg: 'ES256', use: 'sig' }

const plaid: VendorCase = {
  preset: 'plaid',
  package: 'jose',
  thirdParty: true,
  note: "Plaid's package only fetches the key; a general JWT library checks the token, and the digest is compared as documented",
  mode: 'vendor-verifies',
  secret: '',
  settings: () => ({ jwks: { keys: [plaidJwk] } }),
  bodyAuthenticated: true,
  sampleBody: '{\n  "webhook_type": "ITEM",\n  "webhook_code": "PENDING_EXPIRATION",\n  "item_id": "item1"\n}',
  sign: async ({ body, now, url }) => {
    const token = await new SignJWT({ iat: unixSeconds(now), request_body_sha256: sha256(body, 'hex') })
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: plaidJwk.kid })
      .sign(plaidKeys.privateKey)
    return post({ body, url }, { 'Plaid-Verification': token })
  },
  vendorAccepts: (request) => {
    const options = { algorithms: ['ES256'], maxTokenAge: '5 min' }
    return passes(async () => {
      const { payload } = await jwtVerify(header(request, 'plaid-verification'), await importJWK(plaidJwk), options)
      if (payload.request_body_sha256 !== sha256(request.body, 'hex')) throw new Error('another body')
    })
  },
}

const googleKeys = await generateKeyPair('RS256')
const googleJwk = { ...(await exportJWK(googleKeys.publicKey)), kid: 'conformance-google', alg: 'RS256', use: 'sig' }
const googleIssuers = ['https://accounts.google.com', 'accounts.google.com']
const pushAccount = 'push@conformance.iam.gserviceaccount.com'

/** The same token with its signature's first character exchanged. */
function withForgedToken(request: VendorRequest): VendorRequest {
  const forged = header(request, 'authorization').replace(/\.(.)([^.]*)$/, (_all, first: string, rest: string) => {
    return `.${first === 'A' ? 'B' : 'A'}${rest}`
  })
  return withHeader(request, 'Authorization', forged)
}

const googlePubsub: VendorCase = {
  preset: 'google-pubsub',
  package: 'google-auth-library',
  note: 'the token does not cover the body; the receiver compares the account itself',
  mode: 'vendor-verifies',
  secret: '',
  settings: (url) => ({
    audience: url,
    issuers: googleIssuers,
    service_account_email: pushAccount,
    jwks: { keys: [googleJwk] },
  }),
  bodyAuthenticated: false,
  sampleBody: '{"message":{"data":"SGVsbG8=","messageId":"2070443601311540"},"subscription":"projects/p/subscriptions/s"}',
  sign: async ({ body, now, url }) => {
    const issued = unixSeconds(now)
    const token = await new SignJWT({ email: pushAccount, email_verified: true, azp: '1', sub: '1' })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: googleJwk.kid })
      .setIssuer(googleIssuers[0] ?? '')
      .setAudience(url)
      .setIssuedAt(issued)
      .setExpirationTime(issued + 3600)
      .sign(googleKeys.privateKey)
    return post({ body, url }, { Authorization: `Bearer ${token}` })
  },
  vendorAccepts: (request) =>
    passes(async () => {
      const token = header(request, 'authorization').replace('Bearer ', '')
      const keys = { [googleJwk.kid]: await exportSPKI(googleKeys.publicKey) }
      const ticket = await new OAuth2Client().verifySignedJwtWithCertsAsync(token, keys, request.url, googleIssuers)
      const { email, email_verified: verified } = ticket.getPayload() ?? {}
      if (email !== pushAccount || verified !== true) throw new Error('another account')
    }),
  tamper: withForgedToken,
}

export const jsonWebTokenCases = [livekit, qstash, messagebird, vonage, netlify, plaid, googlePubsub]
