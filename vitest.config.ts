import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      'packages/shared/vitest.config.ts',
      'packages/shared/vitest.workerd.config.ts',
      'workers/*/vitest.config.ts',
      'dev/vitest.config.ts',
      'test/*/vitest.config.ts',
    ],
  },
})
