import { defineProject } from 'vitest/config'
import { WAITING } from '../groups.ts'

/** Hostile requests to the endpoints of product backends. */
export default defineProject({
  test: {
    ...WAITING,
    name: 'fuzz',
    include: ['*.test.ts'],
    testTimeout: 900_000,
    hookTimeout: 60_000,
  },
})
