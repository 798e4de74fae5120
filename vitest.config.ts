import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Workers log a line a request: shown only where a test fails.
    silent: 'passed-only',
    projects: [
      'packages/shared/vitest.config.ts',
      'packages/shared/vitest.workerd.config.ts',
      'packages/cli/vitest.config.ts',
      'workers/*/vitest.config.ts',
      'workers/console/vitest.web.config.ts',
      'dev/vitest.config.ts',
      'test/*/vitest.config.ts',
    ],
  },
})
