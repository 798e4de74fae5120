import { defineProject } from 'vitest/config'

/** Faults on the whole stack: slow by nature, and mostly waiting, so two files at a time, each on a stack of its own. */
export default defineProject({
  test: {
    name: 'fault',
    include: ['*.test.ts'],
    testTimeout: 240_000,
    hookTimeout: 60_000,
    maxWorkers: 3,
    sequence: { groupOrder: 2 },
  },
})
