import { DurableObject, WorkerEntrypoint } from 'cloudflare:workers'

/** Stands where a Worker of the product would, and tells what reached it. */
async function tell(request: Request): Promise<Response> {
  const { pathname, host } = new URL(request.url)
  if (pathname === '/readyz') return Response.json({ status: 'ready' })
  if (pathname === '/refuse') return new Response('too large', { status: 413 })
  if (pathname === '/outbound') return fetch(new URL(request.url).searchParams.get('url') ?? '')
  let bytes = 0
  for await (const chunk of request.body ?? []) bytes += chunk.byteLength
  return Response.json({ host, pathname, method: request.method, bytes, headers: Object.fromEntries(request.headers) })
}

export default {
  fetch: tell,
  scheduled() {},
  async queue() {},
} satisfies ExportedHandler

class Door extends WorkerEntrypoint {
  override async fetch(request: Request): Promise<Response> {
    return tell(request)
  }
}

export { Door as AsClient, Door as BreakerStates, Door as ConnectorTest, Door as ConsoleApi, Door as SecretCheck }

export class RateLimiter extends DurableObject {}
export class CircuitBreaker extends DurableObject {}
