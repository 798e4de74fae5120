import { explain, signInForm, signInQuery, tokenQuery } from './input.ts'
import { signInPage } from './sign-in-page.ts'
import { type AccessEnv, DEFAULT_TTL_SECONDS, mintToken, publicKey, readIdentity } from './token.ts'

export default {
  async fetch(request, env) {
    const url = new URL(request.url)
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /cdn-cgi/access/certs':
        return Response.json({ keys: [publicKey(env)] })
      case 'GET /cdn-cgi/access/get-identity':
        return identity(request.headers, url, env)
      case 'GET /token':
        return token(request.headers, url, env)
      case 'GET /':
      case 'GET /sign-in':
        return choose(url)
      case 'POST /sign-in':
        return signIn(request, url, env)
      case 'GET /livez':
      case 'GET /readyz':
        return Response.json({ status: url.pathname === '/livez' ? 'ok' : 'ready', worker: 'access' })
      default:
        return new Response('Not found. There are /token, /sign-in and /cdn-cgi/access/certs.\n', { status: 404 })
    }
  },
} satisfies ExportedHandler<AccessEnv>

/** A token for scripts, without a login: plain text, or JSON for who asks for it. */
async function token(headers: Headers, url: URL, env: AccessEnv): Promise<Response> {
  const query = tokenQuery.safeParse(Object.fromEntries(url.searchParams))
  if (!query.success) return new Response(explain(query.error), { status: 400 })
  const { email, app, groups, ttlSeconds = DEFAULT_TTL_SECONDS } = query.data
  const minted = await mintToken(env, { email, app, groups, ttlSeconds, nowMs: Date.now() })
  const noStore = { 'cache-control': 'no-store' }
  if ((headers.get('accept') ?? '').includes('application/json')) return Response.json({ token: minted }, { headers: noStore })
  return new Response(minted, { headers: { ...noStore, 'content-type': 'text/plain; charset=utf-8' } })
}

function choose(url: URL): Response {
  const query = signInQuery.safeParse({ app: 'console', ...Object.fromEntries(url.searchParams) })
  return query.success ? signInPage(query.data.app, query.data.to) : new Response(explain(query.error), { status: 400 })
}

/** Goes back to the application with the token; the edge there turns it into its cookie. */
async function signIn(request: Request, url: URL, env: AccessEnv): Promise<Response> {
  const form = signInForm.safeParse(Object.fromEntries((await request.formData()).entries()))
  if (!form.success) return new Response(explain(form.error), { status: 400 })
  const { email, app, groups, to } = form.data
  const minted = await mintToken(env, { email, app, groups, ttlSeconds: DEFAULT_TTL_SECONDS, nowMs: Date.now() })
  const back = new URL(`http://${app}.localhost:${url.port}/cdn-cgi/access/authorized`)
  back.searchParams.set('token', minted)
  back.searchParams.set('to', to)
  return new Response(null, { status: 303, headers: { location: back.href, 'cache-control': 'no-store' } })
}

/** Who the cookie's session belongs to, as Access answers it; 401 when there is none. */
async function identity(headers: Headers, url: URL, env: AccessEnv): Promise<Response> {
  const session = /(?:^|;\s*)CF_Authorization=([^;]+)/.exec(headers.get('cookie') ?? '')?.[1] ?? ''
  const app = url.searchParams.get('app') === 'breakglass' ? 'breakglass' : 'console'
  const who = await readIdentity(session, app, env)
  return who ? Response.json(who) : new Response('No session.\n', { status: 401 })
}
