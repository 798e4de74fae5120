import { defineProject } from 'vitest/config'
import { COMPUTING } from '../groups.ts'

/** The gates of a simulated fleet, in virtual time. */
export default defineProject({ test: { ...COMPUTING, name: 'fleet', include: ['*.test.ts'], testTimeout: 3_600_000 } })
