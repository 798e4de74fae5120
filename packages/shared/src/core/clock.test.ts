import { describe, it } from 'vitest'
import { DeadlineError, withDeadline } from './clock.ts'

describe('deadline', () => {
  it('passes the value of work that is in time', async ({ expect }) => {
    await expect(withDeadline(Promise.resolve(1), 50, 'work')).resolves.toBe(1)
  })

  it('passes the error of work that fails in time', async ({ expect }) => {
    await expect(withDeadline(Promise.reject(new Error('broken')), 50, 'work')).rejects.toThrow('broken')
  })

  it('gives work up that takes too long, and swallows its late failure', async ({ expect }) => {
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error('late')), 20))
    await expect(withDeadline(late, 5, 'the database')).rejects.toThrow(new DeadlineError('the database took longer than 5 ms'))
    await new Promise((resolve) => setTimeout(resolve, 30))
  })
})
