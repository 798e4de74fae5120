import { describe, it } from 'vitest'
import { beginCall, callsInFlight, createPace, endCall, isSlow, noteSlow } from './pace.ts'

describe('what an isolate remembers of connectors', () => {
  it('lets one be slow for half a minute after its last slow call', ({ expect }) => {
    const pace = createPace()
    noteSlow(pace, 'a', 0)
    noteSlow(pace, 'a', 10_000)
    expect([isSlow(pace, 'a', 39_999), isSlow(pace, 'a', 40_000), isSlow(pace, 'b', 0)]).toEqual([true, false, false])
    noteSlow(pace, 'b', 50_000)
    expect([...pace.slowUntil.keys()]).toEqual(['b'])
  })

  it('counts the calls in flight, and forgets those whose Runner died', ({ expect }) => {
    const pace = createPace()
    for (const job of ['1', '2', '3']) beginCall(pace, 'a', job, 1_000)
    beginCall(pace, 'a', '4', 2_000)
    endCall(pace, 'a', '1')
    endCall(pace, 'a', 'unknown')
    expect([0, 1_000, 2_000].map((now) => callsInFlight(pace, 'a', now))).toEqual([3, 1, 0])
    beginCall(pace, 'b', '1', 1_000)
    endCall(pace, 'b', '1')
    expect(pace.inFlight.has('b')).toBe(false)
  })
})
