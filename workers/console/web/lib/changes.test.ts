import { describe, it } from 'vitest'
import { changedFields } from './changes.ts'

describe('what an audit entry changed', () => {
  it('is every field of the new state that differs', ({ expect }) => {
    const before = { status: 'dead', generation: 1, error: 'answered 500' }
    const after = { status: 'queued', generation: 2, messageSent: true }
    expect(changedFields(before, after)).toEqual([
      { field: 'status', before: 'dead', after: 'queued' },
      { field: 'generation', before: 1, after: 2 },
      { field: 'messageSent', before: undefined, after: true },
    ])
  })

  it('is nothing for an intent, which has no new state yet', ({ expect }) => {
    expect(changedFields({ status: 'dead' }, null)).toEqual([])
    expect(changedFields(null, undefined)).toEqual([])
  })

  it('leaves out fields that are the same, compared by value', ({ expect }) => {
    expect(changedFields({ a: [1], b: { c: 1 } }, { a: [1], b: { c: 2 } })).toEqual([
      { field: 'b', before: { c: 1 }, after: { c: 2 } },
    ])
  })

  it('is the whole new state when there was none', ({ expect }) => {
    expect(changedFields(null, { a: 1 })).toEqual([{ field: 'a', before: undefined, after: 1 }])
  })
})
