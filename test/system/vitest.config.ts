import { defineProject } from 'vitest/config'

/** Journeys over the whole stack, on the local runtime. */
export default defineProject({
  test: {
    name: 'system',
    include: ['*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxWorkers: 3,
    sequence: { groupOrder: 2 },
  },
})
