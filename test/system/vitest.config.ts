import { defineProject } from 'vitest/config'
import { WAITING } from '../groups.ts'

/** Journeys over the whole stack, on the local runtime. */
export default defineProject({
  test: {
    ...WAITING,
    name: 'system',
    include: ['*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
})
