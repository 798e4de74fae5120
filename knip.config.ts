import type { KnipConfig } from 'knip'

/** Finds files, exports and dependencies that nothing uses. */
const config: KnipConfig = {
  ignoreExportsUsedInFile: true,
  workspaces: {
    '.': { entry: ['drizzle.config.ts'], ignoreDependencies: ['node', 'oxlint-tsgolint'] },
    'packages/shared': { entry: ['src/**/*.test.ts', 'vitest.*.config.ts'], project: ['src/**/*.ts'] },
    'workers/*': { entry: ['src/index.ts', 'worker/index.ts', 'web/main.tsx', '**/*.test.{ts,tsx}', 'vitest*.config.ts'] },
    dev: { entry: ['bin/*.ts', '*/index.ts', '**/*.test.ts'] },
    test: { entry: ['*.ts', '*/*.test.ts', '*/vitest.config.ts', 'fault/workers/*.ts'] },
    bench: { entry: ['*.ts'] },
  },
}

export default config
