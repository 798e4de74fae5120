import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Alone, startAlone } from '@orchestrator/dev/runtime/start-alone'
import { SECRETS_KEY } from '@orchestrator/dev/values'
import { publishConfig } from '@orchestrator/shared/config/publish'
import { EMPTY_CONTENT } from '@orchestrator/shared/config/revision'
import type { ConfigBindings } from '@orchestrator/shared/config/snapshot-store'
import { type Answer, disagreement } from './judge.ts'
import type { Vector } from './vector.ts'
import { senderAnswer, vectorProvider } from './vector-config.ts'

/** Providers in one snapshot, which is one row of D1 (2 MB at most). */
const BATCH = 250
const INGRESS = 'orchestrator-ingress'

export interface Replayed {
  vector: Vector
  /** What was answered otherwise than it should be; `undefined`: nothing. */
  problem: string | undefined
}

/**
 * Sends recorded requests to the real ingress in workerd, each to a provider of its own, configured as an operator would, with
 * the clock standing at the vector's `now`. Senders' hosts answer what the vector says they do, and nothing else is reachable.
 */
export async function* replayVectors(vectors: readonly Vector[]): AsyncGenerator<Replayed> {
  const stateDir = mkdtempSync(join(tmpdir(), 'orchestrator-vectors-'))
  let current: Vector | undefined
  const outbound = (url: string, body: string) => current && senderAnswer(current, url, body)
  let alone: Alone | undefined
  try {
    alone = await startAlone(INGRESS, { main: join(import.meta.dirname, 'worker.ts'), stateDir, outbound })
    for (let start = 0; start < vectors.length; start += BATCH) {
      const batch = vectors.slice(start, start + BATCH)
      await publish(alone, batch, start)
      for (const [i, vector] of batch.entries()) {
        current = vector
        const answer = await send(alone, vector, providerId(start + i), String(start))
        yield { vector, problem: disagreement(vector, answer) }
      }
    }
  } finally {
    await alone?.stop()
    rmSync(stateDir, { recursive: true, force: true })
  }
}

function providerId(n: number): string {
  return `vector-${n}`
}

async function publish({ mf }: Alone, vectors: readonly Vector[], start: number): Promise<void> {
  const made = await Promise.all(vectors.map((vector, i) => vectorProvider(vector, providerId(start + i), SECRETS_KEY)))
  const content = {
    ...EMPTY_CONTENT,
    providers: made.map(({ provider }) => provider),
    secrets: made.flatMap(({ secret }) => secret ?? []),
  }
  const by = { author: 'vectors', reason: `from ${start}`, now: start }
  await publishConfig(await mf.getBindings<ConfigBindings>(INGRESS), content, by)
}

async function send({ port, mf }: Alone, vector: Vector, provider: string, batch: string): Promise<Answer> {
  const query = vector.url.includes('?') ? vector.url.slice(vector.url.indexOf('?')) : ''
  const response = await post(port, `/webhooks/${provider}${query}`, vector, batch)
  const db = await mf.getD1Database('DATA_00', INGRESS)
  const stored = await db
    .prepare('SELECT event_id AS eventId, type FROM inbox WHERE provider = ?')
    .bind(provider)
    .first<{ eventId: string | null; type: string | null }>()
  return { ...response, stored }
}

/** By hand: `fetch` gives no GET a body, joins repeated headers, and encodes addresses anew. */
function post(port: number, path: string, vector: Vector, batch: string): Promise<Omit<Answer, 'stored'>> {
  const body = Buffer.from(vector.body_base64, 'base64')
  const lines = Object.entries(vector.headers).flatMap(([name, value]) => [value].flat().flatMap((line) => [name, line]))
  const extra = ['host', `127.0.0.1:${port}`, 'vector-now', String(vector.now), 'vector-batch', batch]
  if (body.length > 0 || vector.method === 'POST') extra.push('content-length', String(body.length))
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, method: vector.method, headers: [...lines, ...extra], agent: false }
    const outgoing = httpRequest(options, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', reject)
      incoming.on('end', () => {
        const headers = new Headers()
        for (const [name, value] of Object.entries(incoming.headers)) if (value !== undefined) headers.set(name, String(value))
        resolve({ status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString('utf8') })
      })
    })
    outgoing.on('error', reject)
    outgoing.setTimeout(10_000, () => outgoing.destroy(new Error('no answer in time')))
    outgoing.end(body)
  })
}
