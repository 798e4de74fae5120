import { describe, it } from 'vitest'
import { decideAutoPause } from './auto-pause.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const SINCE = 1_000_000
const policy = { afterMs: 5 * DAY, warnAfterMs: [3 * DAY, DAY] }

const after = (failingForMs: number, changes: { resumedAt?: number; warned?: number[] } = {}) =>
  decideAutoPause(policy, { failingSince: SINCE, resumedAt: null, warned: [], now: SINCE + failingForMs, ...changes })

describe('a connector that only fails', () => {
  it('is warned of on the way, and paused in the end', ({ expect }) => {
    expect(after(DAY - 1)).toEqual({ kind: 'nothing' })
    expect(after(DAY)).toEqual({ kind: 'warn', afterMs: DAY, failingForMs: DAY })
    expect(after(4 * DAY)).toEqual({ kind: 'warn', afterMs: 3 * DAY, failingForMs: 4 * DAY })
    expect(after(5 * DAY - 1)).toMatchObject({ kind: 'warn' })
    expect(after(5 * DAY)).toEqual({ kind: 'pause', failingForMs: 5 * DAY })
  })

  it('is not warned of twice, nor of what a later warning says better', ({ expect }) => {
    expect(after(2 * DAY, { warned: [DAY] })).toEqual({ kind: 'nothing' })
    expect(after(3 * DAY, { warned: [DAY] })).toMatchObject({ kind: 'warn', afterMs: 3 * DAY })
    expect(after(4 * DAY, { warned: [3 * DAY] })).toEqual({ kind: 'nothing' })
  })

  it('begins anew when somebody took its pause away', ({ expect }) => {
    expect(after(6 * DAY, { resumedAt: SINCE + 5 * DAY + HOUR })).toEqual({ kind: 'nothing' })
    expect(after(6 * DAY, { resumedAt: SINCE - DAY })).toMatchObject({ kind: 'pause' })
    expect(after(11 * DAY, { resumedAt: SINCE + 6 * DAY })).toMatchObject({ kind: 'pause', failingForMs: 5 * DAY })
  })

  it('is left alone where the policy has no such rule, or only warns of nothing', ({ expect }) => {
    const failing = { failingSince: SINCE, resumedAt: null, warned: [], now: SINCE + 100 * DAY }
    expect(decideAutoPause(null, failing)).toEqual({ kind: 'nothing' })
    expect(decideAutoPause({ afterMs: 200 * DAY, warnAfterMs: [] }, failing)).toEqual({ kind: 'nothing' })
  })
})
