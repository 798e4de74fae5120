import { type GatewayEnv, HOSTS } from './hosts.ts'

const READY_DEADLINE_MS = 5_000
const WORKERS = ['ingress', 'execution', 'control', 'console', 'access', 'billing']

/** What plain `localhost` answers: the addresses, and whether everything is up. */
export async function answerOwn(request: Request, env: GatewayEnv): Promise<Response> {
  const { pathname } = new URL(request.url)
  if (pathname === '/readyz') return readyz(env)
  if (pathname === '/livez') return Response.json({ status: 'ok', worker: 'gateway' })
  if (pathname === '/') return addresses(env)
  return new Response(`Nothing here. The addresses: http://localhost:${env.PORT}/\n`, { status: 404 })
}

/** 404 that names the hosts there are. */
export function unknownHost(hostname: string, env: GatewayEnv): Response {
  const known = Object.keys(HOSTS).map((name) => `  http://${name}.localhost:${env.PORT}`)
  return new Response(`No part of the stack has the name ${hostname}. There are:\n${known.join('\n')}\n`, { status: 404 })
}

/** 200 when every Worker says that it is ready, else 503; each by name, with what it answered. */
async function readyz(env: GatewayEnv): Promise<Response> {
  const workers = await Promise.all(WORKERS.map((name) => askReady(name, env)))
  const ready = workers.every((worker) => worker.ready)
  return Response.json({ status: ready ? 'ready' : 'unavailable', workers }, { status: ready ? 200 : 503 })
}

async function askReady(name: string, env: GatewayEnv): Promise<{ name: string; ready: boolean; detail: unknown }> {
  const binding = HOSTS[name]?.binding
  if (!binding) return { name, ready: false, detail: 'no such Worker' }
  try {
    const answer = await env[binding].fetch(`http://${name}.localhost:${env.PORT}/readyz`, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(READY_DEADLINE_MS),
    })
    const text = await answer.text()
    return { name, ready: answer.ok, detail: answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text }
  } catch (error) {
    return { name, ready: false, detail: String(error) }
  }
}

function addresses(env: GatewayEnv): Response {
  const rows = Object.entries(HOSTS).map(([name, { about }]) => {
    const url = `http://${name}.localhost:${env.PORT}`
    return `<tr><td><a href="${url}">${url}</a></td><td>${about}</td></tr>`
  })
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Orchestrator, local stack</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 3rem auto; padding: 0 1rem }
td { padding: .25rem 1.5rem .25rem 0; vertical-align: top }
</style>
</head>
<body>
<h1>Orchestrator, local stack</h1>
<table>
${rows.join('\n')}
</table>
<p><a href="/readyz">Is everything ready?</a></p>
</body>
</html>
`
  return new Response(page, { headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' } })
}
