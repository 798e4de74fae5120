import { defineProject } from 'vitest/config'

/** The web app's logic, in Node. */
export default defineProject({
  root: import.meta.dirname,
  test: { name: 'console-web', include: ['web/**/*.test.ts'] },
})
