import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface EchoUpstream {
  port: number
  /** Calls by path. */
  calls: ReadonlyMap<string, number>
  /** What was posted under `/api/`, where error reports go. */
  reports: readonly string[]
  stop(): Promise<void>
}

/**
 * An upstream that gives away everything it is told: each credential that it saw under `/<who>/…`, in body, headers, addresses of
 * redirects and errors, in every spelling. The last part of the path says how it answers; `token` is an OAuth endpoint that gives out
 * `tokens.get(who)`.
 */
export async function startEchoUpstream(tokens: ReadonlyMap<string, string>): Promise<EchoUpstream> {
  const seen = new Map<string, Set<string>>()
  const calls = new Map<string, number>()
  const reports: string[] = []
  const server = createServer((request, response) => {
    const [, who = '', how = ''] = (request.url ?? '').split(/[/?]/)
    calls.set(`/${who}/${how}`, (calls.get(`/${who}/${how}`) ?? 0) + 1)
    let body = ''
    request.on('data', (piece: Buffer) => (body += piece.toString()))
    request.on('end', () => {
      if (who === 'api') reports.push(`${request.url} ${request.rawHeaders.join(' ')} ${body}`)
      const known = seen.get(who) ?? new Set()
      seen.set(who, known)
      for (const one of credentialsOf(request, body, who.startsWith('oauth'))) known.add(one)
      answer(how, response, { known: [...known], body, headers: request.rawHeaders, token: tokens.get(who) })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    calls,
    reports,
    stop: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  }
}

interface Told {
  known: string[]
  body: string
  headers: string[]
  token: string | undefined
}

function answer(how: string, response: ServerResponse, told: Told): void {
  const { known, token } = told
  const text = JSON.stringify({ ...told, spelt: known.map(spelt) })
  const [first = 'nothing'] = known
  const inHeaders = { 'x-echo': first, 'x-echo-all': known.map(encodeURIComponent).join(','), etag: `"${btoa(first)}"` }
  switch (how) {
    case 'token':
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ access_token: token, token_type: 'bearer', expires_in: 3_600, echo: known }))
      return
    case 'refuse-token':
      response.writeHead(400, { 'content-type': 'application/json', ...inHeaders })
      response.end(JSON.stringify({ error: 'invalid_client', error_description: text }))
      return
    case 'fail':
      response.writeHead(500, { 'content-type': 'text/plain', ...inHeaders, 'retry-after': first, 'ratelimit-reset': first })
      response.end(`it failed for ${text}`)
      return
    case 'reject':
      response.writeHead(401, { 'content-type': 'application/json', ...inHeaders, 'www-authenticate': `Bearer realm="${first}"` })
      response.end(text)
      return
    case 'redirect':
      response.writeHead(307, { location: `landing?credential=${encodeURIComponent(first)}`, ...inHeaders })
      response.end(text)
      return
    case 'lead-away':
      response.writeHead(307, { location: `http://169.254.169.254/${encodeURIComponent(first)}?credential=${btoa(first)}` })
      response.end(text)
      return
    case 'break-off':
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '100000', ...inHeaders })
      response.write(text)
      setTimeout(() => response.destroy(), 50)
      return
    default:
      response.writeHead(200, { 'content-type': 'application/json', ...inHeaders })
      response.end(text)
  }
}

function spelt(value: string): string[] {
  const bytes = Buffer.from(value)
  const form = new URLSearchParams({ '': value }).toString()
  return [
    value,
    JSON.stringify(value),
    encodeURIComponent(value),
    form,
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ]
}

const CREDENTIAL_HEADERS = ['authorization', 'x-api-key', 'x-amz-security-token', 'x-signature', 'webhook-signature']

function credentialsOf(request: IncomingMessage, body: string, oauth: boolean): string[] {
  const sent = CREDENTIAL_HEADERS.flatMap((name) => request.headers[name] ?? []).flat()
  const inForm = new URLSearchParams(body).getAll('client_secret')
  return [...sent, ...inForm].flatMap((one) => {
    const [, scheme, value = ''] = /^(Bearer|Basic) (.*)$/.exec(one) ?? []
    if (scheme === 'Bearer') return [value, one]
    if (scheme !== 'Basic') return [one]
    const pair = Buffer.from(value, 'base64').toString()
    const password = pair.slice(pair.indexOf(':') + 1)
    return [password, value, pair, ...(oauth ? [decodeForm(password)] : [])]
  })
}

function decodeForm(text: string): string {
  return new URLSearchParams(`v=${text}`).get('v') ?? ''
}
