import { defineProject } from 'vitest/config'
import { COMPUTING } from '../groups.ts'

/** Jobs under attack, in virtual time. `pnpm test:simulation` runs more seeds. */
export default defineProject({ test: { ...COMPUTING, name: 'simulation', include: ['*.test.ts'], testTimeout: 300_000 } })
