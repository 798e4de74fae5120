import { workerProject } from '../../test/worker-project.ts'

/** What control is told to do next, and what it was asked. One file of tests at a time has it. */
let mode = 'ok'
let received: { method: string; url: string; headers: Record<string, string>; body: string }[] = []

/** Control, as far as the console can tell: records what it gets, and can be down in several ways. */
async function control(request: Request): Promise<Response> {
  const url = new URL(request.url)
  if (url.host === 'told.test') {
    const told = received
    received = []
    mode = url.searchParams.get('mode') ?? mode
    return Response.json(told)
  }
  received.push({
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(request.headers as unknown as Iterable<[string, string]>),
    body: await request.text(),
  })
  if (mode === 'throw') throw new Error('control is broken')
  if (mode === 'hang') await new Promise((resolve) => setTimeout(resolve, 3_000))
  if (mode === 'html') return new Response('<h1>no such service</h1>', { status: 503, headers: { 'content-type': 'text/html' } })
  if (mode === 'export') {
    const body = new ReadableStream<Uint8Array>({
      async start(stream) {
        stream.enqueue(new TextEncoder().encode('{"line":1}\n'))
        await new Promise((resolve) => setTimeout(resolve, 300))
        stream.enqueue(new TextEncoder().encode('{"line":2}\n'))
        stream.close()
      },
    })
    const headers = { 'content-type': 'application/jsonl', 'content-disposition': 'attachment; filename="audit.jsonl"' }
    return new Response(body, { headers })
  }
  if (mode === 'refuse') {
    return Response.json(
      { code: 'forbidden' },
      { status: 403, headers: { 'content-type': 'application/problem+json', 'x-request-id': 'req_of_control' } },
    )
  }
  return Response.json({ ok: true }, { headers: { 'set-cookie': 'secret=1', 'x-internal': 'yes', 'cache-control': 'public' } })
}

export default workerProject({
  name: 'console',
  folder: 'workers/console',
  include: ['worker/**/*.test.ts'],
  wrangler: 'workers/console/wrangler.toml',
  miniflare: {
    serviceBindings: { CONTROL: control },
    // Built by nobody here: three files stand in for the web app.
    assets: { directory: new URL('worker/testing/site', import.meta.url).pathname, binding: 'ASSETS' },
  },
})
