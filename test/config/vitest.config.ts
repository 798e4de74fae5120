import { defineProject } from 'vitest/config'
import { COMPUTING } from '../groups.ts'

export default defineProject({ test: { ...COMPUTING, name: 'config', include: ['*.test.ts'], testTimeout: 60_000 } })
