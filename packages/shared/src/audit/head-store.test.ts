import { describe, it } from 'vitest'
import { readNewestHead } from './head-store.ts'

const nameOf = (seq: number): string => `audit/heads/${String(seq).padStart(16, '0')}`
const headOf = (seq: number) => ({ seq, hash: 'a'.repeat(64), at: 1, keyId: 'k', signature: 's' })

/** As R2 lists, with the names of these heads and of other things, and without `audit/head`. */
function bucketOf(seqs: readonly number[], others: readonly string[] = []) {
  const names = [...seqs.map(nameOf), ...others].toSorted()
  const asked = { lists: 0 }
  const bucket = {
    get: async (key: string) =>
      names.includes(key) ? { key, etag: 'e', text: async () => JSON.stringify(headOf(Number(key.slice(-16)))) } : null,
    list: async ({ startAfter, limit }: { startAfter: string; limit: number }) => {
      asked.lists++
      const after = names.filter((name) => name > startAfter)
      return { objects: after.slice(0, limit).map((key) => ({ key })), truncated: after.length > limit }
    },
  }
  return { bucket: bucket as unknown as R2Bucket, asked }
}

describe('the newest signed head, where audit/head is gone', () => {
  it('is found among those of years within some requests', async ({ expect }) => {
    for (const count of [0, 1, 999, 1_000, 1_001, 2_500, 400_000]) {
      const { bucket, asked } = bucketOf(Array.from({ length: count }, (_, i) => 7 * i + 3))
      const newest = await readNewestHead(bucket)
      expect(newest?.head.seq ?? null, `${count}`).toBe(count === 0 ? null : 7 * (count - 1) + 3)
      expect(asked.lists).toBeLessThan(40)
    }
  })

  it('is not looked for behind what is none', async ({ expect }) => {
    const junk = (start: string) => Array.from({ length: 1_500 }, (_, i) => `audit/heads/${start}${i}`)
    for (const others of [['audit/heads/9999999999999999'], ['audit/heads/x'], junk('x'), junk('5'), junk('999999999999')]) {
      const { bucket } = bucketOf(
        Array.from({ length: 1_500 }, (_, i) => i + 1),
        others,
      )
      await expect(readNewestHead(bucket)).rejects.toThrow('is not what the audit log stored there')
    }
  })
})
