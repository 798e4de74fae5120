import { WorkerEntrypoint } from 'cloudflare:workers'
import { answerAsAccess } from './access-edge.ts'
import { findHost, type GatewayEnv } from './hosts.ts'
import { answerOwn, unknownHost } from './pages.ts'

/** Every request from outside comes in here and is dispatched by its Host. */
export default {
  async fetch(request, env) {
    const { hostname } = new URL(request.url)
    const host = findHost(hostname)
    if (host.kind === 'unknown') return unknownHost(hostname, env)
    if (host.kind === 'own') return answerOwn(request, env)
    if (host.name === 'console') {
      const answered = await answerAsAccess(request, env.ACCESS)
      if (answered) return answered
    }
    return env[host.binding].fetch(withClientAddress(request))
  },
} satisfies ExportedHandler<GatewayEnv>

/**
 * Where the other Workers' own `fetch` goes out: workerd cannot resolve `*.localhost`, so calls of the stack's parts are
 * dispatched here, and everything else leaves for the network.
 */
export class Outbound extends WorkerEntrypoint<GatewayEnv> {
  override async fetch(request: Request): Promise<Response> {
    const host = findHost(new URL(request.url).hostname)
    return host.kind === 'part' ? this.env[host.binding].fetch(withClientAddress(request)) : fetch(request)
  }
}

/** The same request with its body still streaming, and with the header that Cloudflare's edge always sets. */
function withClientAddress(request: Request): Request {
  if (request.headers.has('cf-connecting-ip')) return request
  const headers = new Headers(request.headers)
  headers.set('cf-connecting-ip', '127.0.0.1')
  return new Request(request, { headers })
}
