import { defineProject } from 'vitest/config'
import { COMPUTING } from '../../test/groups.ts'

/** Pure logic, in Node. */
export default defineProject({
  test: {
    ...COMPUTING,
    name: 'shared',
    isolate: false,
    setupFiles: ['../../test/fresh-modules.ts'],
    include: ['src/**/*.test.ts'],
    exclude: ['src/**/*.worker.test.ts'],
  },
})
