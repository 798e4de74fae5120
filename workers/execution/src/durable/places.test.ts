import { describe, it } from 'vitest'
import { Places } from './places.ts'

describe('places for calls in flight', () => {
  it('are as many as the limit says, and free again when somebody leaves', ({ expect }) => {
    const places = new Places()
    expect(['a', 'b', 'c'].map((id) => places.enter(2, id, 100, 0).entered)).toEqual([true, true, false])
    expect(places.leave(['a', 'unknown'])).toEqual(['a'])
    expect(places.enter(2, 'c', 100, 0).entered).toBe(true)
  })

  it('are taken from those who never left, and only when somebody needs one', ({ expect }) => {
    const places = new Places([
      ['a', 50],
      ['b', 100],
    ])
    expect(places.enter(3, 'c', 200, 60)).toEqual({ entered: true, expired: [] })
    expect(places.enter(3, 'd', 200, 60)).toEqual({ entered: true, expired: ['a'] })
    expect(places.enter(3, 'e', 200, 99)).toEqual({ entered: false, expired: [] })
  })

  it('are one for one id, however often it asks', ({ expect }) => {
    const places = new Places()
    for (let i = 0; i < 3; i++) expect(places.enter(1, 'a', 100 + i, 0).entered).toBe(true)
    expect(places.size).toBe(1)
  })
})
