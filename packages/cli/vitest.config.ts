import { defineProject } from 'vitest/config'
import { COMPUTING } from '../../test/groups.ts'

export default defineProject({ test: { ...COMPUTING, name: 'cli', include: ['src/**/*.test.ts'] } })
