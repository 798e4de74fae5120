import { defineProject } from 'vitest/config'

/** Jobs under attack, in virtual time. `pnpm test:simulation` runs more seeds. */
export default defineProject({ test: { name: 'simulation', include: ['*.test.ts'], testTimeout: 300_000 } })
