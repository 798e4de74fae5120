import { describe, it } from 'vitest'
import { isId, shardOf } from '../core/ids.ts'
import { orphanId } from './orphan-id.ts'

describe('the id of a message without a job', () => {
  it('is the same for the same message, and its own for every other', async ({ expect }) => {
    const message = { id: 'm1', sentAt: 1_700_000_000_000 }
    const id = await orphanId(3, message)
    expect([isId('msg', id), shardOf(id)]).toEqual([true, 3])
    expect(await orphanId(3, { ...message })).toBe(id)
    const others = [orphanId(3, { ...message, id: 'm2' }), orphanId(3, { ...message, sentAt: 1 }), orphanId(4, message)]
    expect(new Set([id, ...(await Promise.all(others))]).size).toBe(4)
  })
})
