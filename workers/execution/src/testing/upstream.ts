/**
 * The world outside, for tests: what the Worker fetches comes here, in Node. Each host is an upstream of its own. `PUT
 * /__answers` sets what it answers, one after another, the last for ever; `GET /__calls` lists what it received.
 */
export interface UpstreamAnswer {
  status: number
  headers?: Record<string, string>
  body?: string
  /** A body that is no text. */
  base64?: string
  /** A body that comes in pieces, each of so many bytes. */
  chunks?: { count: number; bytes: number; everyMs: number }
  /** Answers far too late, or late. */
  mode?: 'hang' | 'late'
  delayMs?: number
}

export interface UpstreamCall {
  method: string
  path: string
  headers: Record<string, string>
  body: string
}

interface Upstream {
  answers: UpstreamAnswer[]
  calls: UpstreamCall[]
}

const upstreams = new Map<string, Upstream>()

/** Answers one outgoing request. */
export async function answerOutbound(request: Request): Promise<Response> {
  const url = new URL(request.url)
  const upstream = upstreams.get(url.host) ?? { answers: [], calls: [] }
  upstreams.set(url.host, upstream)
  if (url.pathname === '/__answers') {
    upstream.answers = await request.json<UpstreamAnswer[]>()
    return new Response('set')
  }
  if (url.pathname === '/__calls') return new Response(JSON.stringify(upstream.calls))
  upstream.calls.push({
    method: request.method,
    path: url.pathname + url.search,
    headers: Object.fromEntries(request.headers as unknown as Iterable<[string, string]>),
    body: await request.text(),
  })
  const answer = (upstream.answers.length > 1 ? upstream.answers.shift() : upstream.answers[0]) ?? { status: 200 }
  if (answer.mode === 'hang') await new Promise((resolve) => setTimeout(resolve, 3_000))
  if (answer.mode === 'late') await new Promise((resolve) => setTimeout(resolve, answer.delayMs ?? 0))
  return new Response(bodyOf(answer), { status: answer.status, ...(answer.headers ? { headers: answer.headers } : {}) })
}

function bodyOf({ body, base64, chunks }: UpstreamAnswer): BodyInit | null {
  if (base64 !== undefined) return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  if (!chunks) return body ?? null
  let sent = 0
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (sent++ === chunks.count) return controller.close()
      if (chunks.everyMs > 0) await new Promise((resolve) => setTimeout(resolve, chunks.everyMs))
      controller.enqueue(new Uint8Array(chunks.bytes).fill(sent))
    },
  })
}
