import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, it } from 'vitest'
import { SENDERS_DOCUMENT, sendersDocument } from '../conformance/senders-document.ts'
import { type Replayed, replayVectors } from './replay.ts'
import { ourVectors, readVectors, type Vector } from './vector.ts'

/** Ours, and those that may lie beside the repository; what stands in both is replayed once. */
const ours = ourVectors()
const known = new Set(ours.map((vector) => JSON.stringify(vector)))
const others = globSync(join(import.meta.dirname, '../../../shared/vectors/*.jsonl'))
  .sort()
  .flatMap((file) => readVectors(file))
  .filter((vector) => !known.has(JSON.stringify(vector)))
const vectors = [...ours, ...others]
const bySender = Map.groupBy(vectors, ({ provider }) => provider)

describe('recorded requests, through the running ingress', () => {
  const replayed = new Map<Vector, Replayed>()

  beforeAll(async () => {
    for await (const each of replayVectors(vectors)) replayed.set(each.vector, each)
  })

  it('are many, of every sender', ({ expect }) => {
    expect(vectors.length).toBeGreaterThan(1_500)
    expect(bySender.size).toBe(100)
  })

  it('came to what docs/senders.md says (pnpm generate:senders)', ({ expect }) => {
    const run = ours.flatMap((vector) => replayed.get(vector) ?? [])
    expect(sendersDocument(run)).toBe(readFileSync(SENDERS_DOCUMENT, 'utf8'))
  })

  for (const [sender, ofSender] of bySender) {
    describe(`of ${sender}`, () => {
      for (const vector of ofSender) {
        it(`${vector.expect}s (${vector.strength}): ${vector.case}`, ({ expect }) => {
          expect(replayed.get(vector)).toMatchObject({ problem: undefined })
        })
      }
    })
  }
})
