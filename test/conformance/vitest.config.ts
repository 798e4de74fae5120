import { defineProject } from 'vitest/config'

/** Requests that the vendors' own packages signed or checked. */
export default defineProject({
  test: {
    name: 'conformance',
    include: ['**/*.test.ts'],
    testTimeout: 30_000,
  },
})
