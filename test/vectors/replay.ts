import { join } from 'node:path'
import { type Sender, senderAnswer } from '../support/configure-sender.ts'
import { type IngressResponse, startIngress } from '../support/ingress.ts'
import { disagreement, type OurVerdict, verdictOf } from './judge.ts'
import type { Vector } from './vector.ts'

/** Providers in one snapshot, which is one row of D1 (2 MB at most). */
const BATCH = 250

export interface Replayed {
  vector: Vector
  /** What was answered otherwise than it should be; `undefined`: nothing. */
  problem: string | undefined
  verdict: OurVerdict
}

/**
 * Sends recorded requests to the real ingress in workerd, each to a provider of its own, configured as an operator would, with
 * the clock standing at the vector's `now`. Senders' hosts answer what the vector says they do, and nothing else is reachable.
 */
export async function* replayVectors(vectors: readonly Vector[]): AsyncGenerator<Replayed> {
  let current: Vector | undefined
  const host = (url: string, body: string) => current && senderAnswer(senderOf(current), url, body)
  const ingress = await startIngress(host, join(import.meta.dirname, 'workers/ingress.ts'))
  try {
    for (let start = 0; start < vectors.length; start += BATCH) {
      const batch = vectors.slice(start, start + BATCH)
      await ingress.configure(batch.map((vector, i) => [providerId(start + i), senderOf(vector)]))
      const answers: IngressResponse[] = []
      for (const [i, vector] of batch.entries()) {
        current = vector
        const { method, url, now } = vector
        const headers = { ...vector.headers, 'vector-now': String(now), 'vector-batch': String(start) }
        const request = { method, url, headers, body: Buffer.from(vector.body_base64, 'base64') }
        answers.push(await ingress.send(providerId(start + i), request))
      }
      const stored = await ingress.stored(batch.map((_, i) => providerId(start + i)))
      for (const [i, vector] of batch.entries()) {
        const answer = { ...answers[i]!, stored: stored.get(providerId(start + i)) ?? null }
        yield { vector, problem: disagreement(vector, answer), verdict: verdictOf(answer) }
      }
    }
  } finally {
    await ingress.stop()
  }
}

function providerId(n: number): string {
  return `vector-${n}`
}

/** What an operator would know of a vector's sender. */
export function senderOf({ provider, secrets, config, url }: Vector): Sender {
  return { preset: provider, secrets, config: config ?? {}, url }
}
