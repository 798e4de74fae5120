import { AppError } from '@orchestrator/shared/core/errors'
import { createApp } from '@orchestrator/shared/http/app'
import { controlPath } from './allow-list.ts'
import { serveAsset } from './assets.ts'
import type { Env } from './env.ts'
import { CONTROL_TIMEOUT_MS, forwardToControl, MAX_REQUEST_BYTES } from './proxy.ts'
import { checkReadiness } from './readiness.ts'

/** The console's routes: health, the proxy to control, and the web app for everything else. */
export function createConsoleApp() {
  const app = createApp<Env>({ worker: 'console' })

  app.get('/livez', (c) => c.json({ status: 'ok', worker: 'console', version: c.env.VERSION ?? 'unversioned' }))

  app.get('/readyz', async (c) => {
    const origin = new URL(c.req.url).origin
    const readiness = await checkReadiness({
      checkAssets: () => answersOk(c.env.ASSETS.fetch(`${origin}/`)),
      checkControl: () => answersOk(c.env.CONTROL.fetch('https://control.internal/livez')),
      now: Date.now,
    })
    return c.json(readiness, readiness.status === 'unavailable' ? 503 : 200, { 'cache-control': 'no-store' })
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

async function answersOk(answer: Promise<Response>): Promise<boolean> {
  const response = await answer
  await response.body?.cancel()
  return response.ok
}
