import { defineProject } from 'vitest/config'

/** Pure logic, in Node. */
export default defineProject({
  test: { name: 'shared', include: ['src/**/*.test.ts'], exclude: ['src/**/*.worker.test.ts'] },
})
