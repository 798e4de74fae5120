import { defineProject } from 'vitest/config'

/** Hostile requests to the endpoints of product backends. */
export default defineProject({
  test: {
    name: 'fuzz',
    include: ['*.test.ts'],
    testTimeout: 900_000,
    hookTimeout: 60_000,
    maxWorkers: 3,
    sequence: { groupOrder: 2 },
  },
})
