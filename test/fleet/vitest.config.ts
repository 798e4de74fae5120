import { defineProject } from 'vitest/config'

/** The gates of a simulated fleet, in virtual time. */
export default defineProject({ test: { name: 'fleet', include: ['*.test.ts'], testTimeout: 3_600_000 } })
