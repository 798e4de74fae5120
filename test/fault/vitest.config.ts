import { defineProject } from 'vitest/config'
import { WAITING } from '../groups.ts'

/** Faults on the whole stack. */
export default defineProject({
  test: {
    ...WAITING,
    name: 'fault',
    include: ['*.test.ts'],
    testTimeout: 240_000,
    hookTimeout: 60_000,
  },
})
