/**
 * What Cloudflare's edge does in front of an application behind Access: sends browsers without a session to the sign-in
 * page, keeps the session in a cookie, ends it. Scripts and the application's own calls pass; control checks their tokens.
 */
const COOKIE = 'CF_Authorization'

/** Answers what is Access' own on the console's host; `undefined` for what the console answers. */
export async function answerAsAccess(request: Request, access: Fetcher): Promise<Response | undefined> {
  const url = new URL(request.url)
  if (url.pathname === '/cdn-cgi/access/authorized') return beginSession(url, access)
  if (url.pathname === '/cdn-cgi/access/logout') return redirect('/', `${COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`)
  if (!isNavigation(request) || (await hasSession(request.headers, url, access))) return undefined
  const signIn = new URL(`http://access.localhost:${url.port}/sign-in`)
  signIn.searchParams.set('app', 'console')
  signIn.searchParams.set('to', url.pathname + url.search)
  return redirect(signIn.href)
}

async function beginSession(url: URL, access: Fetcher): Promise<Response> {
  const to = url.searchParams.get('to') ?? '/'
  const token = url.searchParams.get('token') ?? ''
  if (!isLocalPath(to, url)) return new Response('“to” must be a path of this host.\n', { status: 400 })
  if (!(await isValid(token, url, access))) return new Response('The token is not valid: sign in again.\n', { status: 401 })
  return redirect(to, `${COOKIE}=${token}; Path=/; HttpOnly; SameSite=Lax`)
}

/** A path of this host, and nothing a browser would read as another one (`//host`, `/\host`). */
function isLocalPath(to: string, url: URL): boolean {
  return /^\/(?![/\\])/.test(to) && URL.canParse(to, url) && new URL(to, url).origin === url.origin
}

function isNavigation(request: Request): boolean {
  return request.method === 'GET' && (request.headers.get('accept') ?? '').includes('text/html')
}

async function hasSession(headers: Headers, url: URL, access: Fetcher): Promise<boolean> {
  if (headers.has('cf-access-jwt-assertion')) return true
  const pair = (headers.get('cookie') ?? '').split(';').find((part) => part.trim().startsWith(`${COOKIE}=`))
  return pair !== undefined && isValid(pair.slice(pair.indexOf('=') + 1).trim(), url, access)
}

/** Asks Access itself, so that a session that ended, or one of a state that is gone, leads to the sign-in page again. */
async function isValid(token: string, url: URL, access: Fetcher): Promise<boolean> {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return false
  const answer = await access.fetch(`http://access.localhost:${url.port}/cdn-cgi/access/get-identity?app=console`, {
    headers: { cookie: `${COOKIE}=${token}` },
    signal: AbortSignal.timeout(5_000),
  })
  await answer.body?.cancel()
  return answer.ok
}

function redirect(location: string, cookie?: string): Response {
  return new Response(null, {
    status: 302,
    headers: { location, 'cache-control': 'no-store', ...(cookie ? { 'set-cookie': cookie } : {}) },
  })
}
