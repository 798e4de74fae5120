import { defineProject } from 'vitest/config'
import { ALONE } from '../groups.ts'

/** The console in a real browser, on the whole local stack. */
export default defineProject({
  test: {
    ...ALONE,
    name: 'browser',
    include: ['*.test.ts'],
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
})
