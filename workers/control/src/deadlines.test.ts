import { DeadlineError } from '@orchestrator/shared/core/clock'
import { AppError } from '@orchestrator/shared/core/errors'
import { describe, it } from 'vitest'
import { audited, controlled, howItFailed, neighbour } from './deadlines.ts'

const refused = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => '',
    (error: unknown) => (error instanceof AppError && error.code === 'unavailable' ? error.message : String(error)),
  )
const hangs = () => Promise.reject(new DeadlineError('CONTROL_DB took longer than 3000 ms'))
const fails = () => Promise.reject(new Error('D1_ERROR: no such table: audit_log'))

describe('a neighbour', () => {
  const ask = async (answer: () => Promise<Response>) => {
    const asked = neighbour('execution', { fetch: answer } as unknown as Fetcher, new Request('https://execution.internal/'), 10)
    const error = await asked.catch((thrown: unknown) => thrown)
    return [error instanceof AppError ? error.message : 'answered', howItFailed('execution', error)]
  }

  it('that hangs may have done what it was asked for, and that cannot be reached has not', async ({ expect }) => {
    const hanging = await ask(() => new Promise(() => undefined))
    expect(hanging).toEqual([expect.stringContaining('may have been done or not'), 'execution did not answer in time'])
    const gone = await ask(() => Promise.reject(new Error('gone')))
    expect(gone).toEqual(['Execution cannot be reached right now.', 'execution could not be reached'])
  })
})

describe('CONTROL_DB', () => {
  it('that did not say whether it made a change, may have made it: callers are told', async ({ expect }) => {
    const doubt = 'may have been made or not'
    expect(await refused(audited(hangs))).toContain(doubt)
    expect(await refused(audited(fails))).not.toContain(doubt)
    expect(await refused(controlled(hangs))).not.toContain(doubt)
  })
})
