import type { StoredAnswer } from '@orchestrator/shared/idempotency/answer'
import type { ClaimOutcome } from '@orchestrator/shared/idempotency/claim'
import { createLogger } from '@orchestrator/shared/telemetry/logger'
import { describe, it } from 'vitest'
import { claimInTime } from './claim-in-time.ts'
import type { ExecuteDeps } from './deps.ts'
import type { Work } from './run-call.ts'
import { claimWork } from './with-key.ts'

describe('a claim', () => {
  it('that comes true when nobody waits for it any more is given back', async ({ expect }) => {
    const ends: ((late: PromiseWithResolvers<ClaimOutcome>) => void)[] = [
      ({ resolve }) => resolve({ kind: 'owned' }),
      ({ reject }) => reject(new Error('D1 is down')),
    ]
    for (const end of ends) {
      const late = Promise.withResolvers<ClaimOutcome>()
      const steps: string[] = []
      const kept: Promise<unknown>[] = []
      const giveBack = async () => void steps.push('given back')
      const claiming = claimInTime(late.promise, 1, giveBack, (work) => void kept.push(work))
      await expect(claiming).rejects.toThrow('longer than 1 ms')
      steps.push('refused')
      end(late)
      await Promise.all(kept)
      expect(steps).toEqual(['refused', 'given back'])
    }
  })

  it('in time is what it is, and so is what D1 says', async ({ expect }) => {
    const unused = () => Promise.reject(new Error('not wanted'))
    const keep = () => expect.unreachable()
    expect(await claimInTime(Promise.resolve({ kind: 'owned' }), 1_000, unused, keep)).toEqual({ kind: 'owned' })
    await expect(claimInTime(Promise.reject(new Error('D1 is down')), 1_000, unused, keep)).rejects.toThrow('D1 is down')
  })

  it('of a request that was lost gives the answer that came at last, where one did', async ({ expect }) => {
    const answer: StoredAnswer = { status: 200, headers: {}, body: { kind: 'text', text: '"paid"' } }
    const outcomes: ClaimOutcome[] = [
      { kind: 'lost', owner: 'first', requestId: 'req_1' },
      { kind: 'answered', answer, requestId: 'req_1' },
    ]
    const deps = {
      now: () => 0,
      newOwner: () => 'second',
      claimKey: async () => outcomes.shift()!,
      // The first request's own answer was there before.
      storeAnswer: async () => false,
      logger: createLogger({}, () => undefined),
    } as unknown as ExecuteDeps
    const work = { client: { id: 'shop' }, requestId: 'req_2', deadlineAt: 1, target: { policy: { idempotency: { ttlMs: 1 } } } }
    const claimed = await claimWork(deps, work as unknown as Work, { key: 'k', fingerprint: 'f' })
    expect('response' in claimed ? await claimed.response.json() : null).toBe('paid')
  })
})
