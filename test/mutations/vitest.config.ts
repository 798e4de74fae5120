import { defineProject } from 'vitest/config'

/** Property tests of verification. */
export default defineProject({ test: { name: 'mutations', include: ['*.test.ts'], testTimeout: 300_000 } })
