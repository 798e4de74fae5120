import { defineProject } from 'vitest/config'

/** Faults on the whole stack: slow by nature, one file at a time. */
export default defineProject({
  test: {
    name: 'fault',
    include: ['*.test.ts'],
    testTimeout: 240_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    sequence: { groupOrder: 2 },
  },
})
