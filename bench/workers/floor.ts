import { STRIPE_SIGNING_SECRET } from '@orchestrator/dev/values'

interface Env {
  DATA_00: D1Database
  WEBHOOK_QUEUE: Queue
}

const TOLERANCE_MS = 300_000
const encoder = new TextEncoder()
let key: CryptoKey | undefined

/**
 * The least a webhook can cost on this platform: check the HMAC, write three rows in one batch of D1, send one message. No
 * routing, no JSON, no configuration, no logs. What ingress does on top is measured against it (`pnpm bench:ingress`).
 */
export default {
  async fetch(request, env) {
    const body = await request.text()
    const signature = request.headers.get('stripe-signature') ?? ''
    if (!(await isSigned(body, signature))) return new Response(null, { status: 401 })
    const id = crypto.randomUUID()
    const jobId = crypto.randomUUID()
    await env.DATA_00.batch([
      env.DATA_00.prepare('INSERT INTO floor_keys (key, webhook_id) VALUES (?, ?)').bind(signature, id),
      env.DATA_00.prepare('INSERT INTO floor_webhooks (id, at, body) VALUES (?, ?, ?)').bind(id, Date.now(), body),
      env.DATA_00.prepare('INSERT INTO floor_jobs (id, webhook_id) VALUES (?, ?)').bind(jobId, id),
    ])
    await env.WEBHOOK_QUEUE.send({ jobId })
    return Response.json({ id })
  },
} satisfies ExportedHandler<Env>

async function isSigned(body: string, header: string): Promise<boolean> {
  const [, timestamp, hex] = /^t=(\d+),v1=([0-9a-f]{64})/.exec(header) ?? []
  if (!timestamp || !hex || Math.abs(Date.now() - Number(timestamp) * 1_000) > TOLERANCE_MS) return false
  key ??= await crypto.subtle.importKey('raw', encoder.encode(STRIPE_SIGNING_SECRET), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ])
  const signature = Uint8Array.from({ length: 32 }, (_, n) => Number.parseInt(hex.slice(2 * n, 2 * n + 2), 16))
  return crypto.subtle.verify('HMAC', key, signature, encoder.encode(`${timestamp}.${body}`))
}
