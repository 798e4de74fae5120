import { defineProject } from 'vitest/config'

/** The console in a real browser, on the whole local stack. */
export default defineProject({
  test: {
    name: 'browser',
    include: ['*.test.ts'],
    testTimeout: 90_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    sequence: { groupOrder: 3 },
  },
})
