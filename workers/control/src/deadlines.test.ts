import { DeadlineError } from '@orchestrator/shared/core/clock'
import { AppError } from '@orchestrator/shared/core/errors'
import { describe, it } from 'vitest'
import { audited, controlled } from './deadlines.ts'

const refused = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => '',
    (error: unknown) => (error instanceof AppError && error.code === 'unavailable' ? error.message : String(error)),
  )
const hangs = () => Promise.reject(new DeadlineError('CONTROL_DB took longer than 3000 ms'))
const fails = () => Promise.reject(new Error('D1_ERROR: no such table: audit_log'))

describe('CONTROL_DB', () => {
  it('that did not say whether it made a change, may have made it: callers are told', async ({ expect }) => {
    const doubt = 'may have been made or not'
    expect(await refused(audited(hangs))).toContain(doubt)
    expect(await refused(audited(fails))).not.toContain(doubt)
    expect(await refused(controlled(hangs))).not.toContain(doubt)
  })
})
