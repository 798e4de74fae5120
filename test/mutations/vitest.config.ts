import { defineProject } from 'vitest/config'
import { COMPUTING } from '../groups.ts'

/** Property tests of verification. */
export default defineProject({ test: { ...COMPUTING, name: 'mutations', include: ['*.test.ts'], testTimeout: 300_000 } })
