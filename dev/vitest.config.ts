import { defineProject } from 'vitest/config'
import { COMPUTING } from '../test/groups.ts'

// Each file starts a stack of its own, which takes seconds on a busy machine.
export default defineProject({
  test: { ...COMPUTING, name: 'dev', include: ['**/*.test.ts'], testTimeout: 30_000, hookTimeout: 120_000 },
})
