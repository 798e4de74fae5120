import { defineProject } from 'vitest/config'
import { COMPUTING } from '../groups.ts'

export default defineProject({ test: { ...COMPUTING, name: 'architecture', include: ['*.test.ts'], testTimeout: 60_000 } })
