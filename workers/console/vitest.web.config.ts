import { defineProject } from 'vitest/config'
import { COMPUTING } from '../../test/groups.ts'

/** The web app's logic, in Node. */
export default defineProject({
  root: import.meta.dirname,
  test: { ...COMPUTING, name: 'console-web', include: ['web/**/*.test.ts'] },
})
