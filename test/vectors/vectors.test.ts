import { globSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, it } from 'vitest'
import { replayVectors } from './replay.ts'
import { readVectors, type Vector } from './vector.ts'

/** Ours, and those that may lie beside the repository; what stands in both is replayed once. */
const files = [
  ...globSync(join(import.meta.dirname, 'fixtures/*.jsonl')).sort(),
  ...globSync(join(import.meta.dirname, '../../../shared/vectors/*.jsonl')).sort(),
]
const vectors = [
  ...new Map(files.flatMap((file) => readVectors(file)).map((vector) => [JSON.stringify(vector), vector])).values(),
]
const bySender = Map.groupBy(vectors, ({ provider }) => provider)

describe('recorded requests, through the running ingress', () => {
  const problems = new Map<Vector, string | undefined>()

  beforeAll(async () => {
    for await (const { vector, problem } of replayVectors(vectors)) problems.set(vector, problem)
  })

  it('are many, of every sender', ({ expect }) => {
    expect(vectors.length).toBeGreaterThan(1_500)
    expect(bySender.size).toBe(100)
  })

  for (const [sender, ofSender] of bySender) {
    describe(`of ${sender}`, () => {
      for (const vector of ofSender) {
        it(`${vector.expect}s (${vector.strength}): ${vector.case}`, ({ expect }) => {
          expect(problems.has(vector), 'was replayed').toBe(true)
          expect(problems.get(vector)).toBeUndefined()
        })
      }
    })
  }
})
