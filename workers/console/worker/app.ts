import { AppError, errorMessage } from '@orchestrator/shared/core/errors'
import { createApp, versionOf } from '@orchestrator/shared/http/app'
import { computeReadiness, type Probe, ProbeFailure, readyzResponse, runProbes } from '@orchestrator/shared/http/probes'
import { controlPath } from './allow-list.ts'
import { serveAsset } from './assets.ts'
import type { Env } from './env.ts'
import { CONTROL_TIMEOUT_MS, forwardToControl, MAX_REQUEST_BYTES } from './proxy.ts'

/** The console's routes: health, the proxy to control, and the web app for everything else. */
export function createConsoleApp() {
  const app = createApp<Env>({ worker: 'console' })

  app.get('/livez', (c) => c.json({ status: 'ok', worker: 'console', version: versionOf(c.env) }))

  app.get('/readyz', async (c) => {
    const origin = new URL(c.req.url).origin
    // The web app itself is what the console cannot do without; without control it still explains what is wrong.
    const probes: Probe[] = [
      { name: 'assets', required: true, check: () => answersOk(c.env.ASSETS.fetch(`${origin}/`)) },
      { name: 'control', required: false, check: () => answersOk(c.env.CONTROL.fetch('https://control.internal/livez')) },
    ]
    const dependencies = await runProbes(probes, Date.now, (name, error) =>
      c.get('logger').log('warn', 'a dependency is down', { dependency: name, cause: errorMessage(error) }),
    )
    return readyzResponse({ status: computeReadiness(dependencies), worker: 'console', configRevision: null, dependencies })
  })

  app.all('/api/*', async (c) => {
    const path = controlPath(c.req.method, new URL(c.req.url).pathname)
    if (path === undefined) return c.notFound()
    return forwardToControl(c.req.raw, path, c.get('traceparent'), {
      fetchControl: (url, init) => c.env.CONTROL.fetch(url, init),
      timeoutMs: CONTROL_TIMEOUT_MS,
      maxRequestBytes: MAX_REQUEST_BYTES,
    })
  })

  app.all('*', async (c) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      throw new AppError('method_not_allowed', 'Only GET and HEAD are possible here.')
    }
    return serveAsset(c.req.raw, (request) => c.env.ASSETS.fetch(request))
  })

  return app
}

async function answersOk(answer: Promise<Response>): Promise<null> {
  const response = await answer
  await response.body?.cancel()
  if (!response.ok) throw new ProbeFailure(`answered ${response.status}`)
  return null
}
