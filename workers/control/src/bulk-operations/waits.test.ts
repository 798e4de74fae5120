import { DeadlineError } from '@orchestrator/shared/core/clock'
import { AppError } from '@orchestrator/shared/core/errors'
import { describe, it } from 'vitest'
import { isWorthWaiting } from './waits.ts'

/** As a shard wraps whatever goes wrong in it. */
const ofShard = (cause: unknown): AppError =>
  new AppError('unavailable', 'The database DATA_01 does not answer properly right now.', { cause })
const ofD1 = (message: string): AppError => ofShard(new Error(`D1_ERROR: ${message}`))

describe('an error in a step', () => {
  it.for<[string, unknown]>([
    ['a lost connection', new Error('D1_ERROR: Network connection lost.')],
    ['an overloaded shard', ofD1('D1 DB is overloaded. Too many requests queued.')],
    ['R2', new AppError('unavailable', 'R2 does not answer', { cause: new Error('get: We encountered an error (10001)') })],
    ['a deadline', ofShard(new DeadlineError('DATA_01 took longer than 3000 ms'))],
    ['a bare deadline', new DeadlineError('R2 took longer than 3000 ms')],
    ['a shard that is not bound', new AppError('unavailable', 'A shard is not bound.')],
    ['others who are at it', new AppError('conflict', 'Others replay this webhook.')],
    ['a full database', ofD1('database or disk is full: SQLITE_FULL')],
    ['a database at its limit', ofD1('Exceeded maximum DB size')],
    ['a failure inside', ofD1('internal error; reference = abc')],
  ])('of %s is waited for', ([, error], { expect }) => {
    expect(isWorthWaiting(error)).toBe(true)
  })

  it.for<[string, unknown]>([
    ['malformed JSON', ofD1('malformed JSON: SQLITE_ERROR')],
    ['too large a value', ofD1('string or blob too big: SQLITE_TOOBIG')],
    ['a value of no type', ofShard(new Error(`D1_TYPE_ERROR: Type 'undefined' not supported`))],
    ['a constraint', ofD1('NOT NULL constraint failed: jobs.queue: SQLITE_CONSTRAINT')],
    ['code that cannot read a row', ofShard(new SyntaxError('Unexpected token'))],
    ['bare code', new TypeError('x is not iterable')],
    ['what no route can be', new AppError('unprocessable', 'no')],
  ])('of %s is about an item', ([, error], { expect }) => {
    expect(isWorthWaiting(error)).toBe(false)
  })
})
