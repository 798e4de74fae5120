import type { KnipConfig } from 'knip'

/** Finds files, exports and dependencies that nothing uses. */
const config: KnipConfig = {
  ignoreExportsUsedInFile: true,
  // drizzle-kit and the scripts in dev/bin take these from the root by path.
  ignoreDependencies: ['drizzle-orm', 'wrangler'],
  workspaces: {
    'packages/shared': { entry: ['src/**/*.test.ts', 'vitest.*.config.ts'], project: ['src/**/*.ts'] },
    'workers/console': {
      entry: ['worker/**/*.test.ts', 'web/**/*.test.{ts,tsx}', 'worker/testing/site/**'],
    },
    dev: { entry: ['bin/*.ts', '*/index.ts', '**/*.test.ts'] },
    test: {
      entry: [
        '*.ts',
        '*/*.test.ts',
        'conformance/vendors/*.test.ts',
        '*/vitest.config.ts',
        'fault/workers/*.ts',
        'vectors/workers/*.ts',
      ],
    },
    bench: { entry: ['*.ts', 'workers/{ingress,execution,floor,proxy,r2-floor}.ts'] },
  },
}

export default config
