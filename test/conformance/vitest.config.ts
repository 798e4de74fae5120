import { defineProject } from 'vitest/config'
import { COMPUTING } from '../groups.ts'

/** Requests that the vendors' own packages signed or checked, and one of every sender, through the running ingress. */
export default defineProject({
  test: {
    ...COMPUTING,
    name: 'conformance',
    include: ['**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
})
