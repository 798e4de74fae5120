import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineProject } from 'vitest/config'
import { COMPUTING } from './groups.ts'

const root = new URL('..', import.meta.url).pathname

export interface WorkerProjectOptions {
  /** Name of the vitest project. */
  name: string
  /** Folder of the package, from the root of the repository. */
  folder: string
  include: string[]
  /** Where the Worker's wrangler file is; without one, only the bindings below exist. */
  wrangler?: string
  /** Variables and Worker secrets of the tests. */
  bindings?: Record<string, string>
  /** More Miniflare options (services that the Worker is bound to, D1 databases without a wrangler file). */
  miniflare?: Record<string, unknown>
}

/** A vitest project whose tests run in workerd, on real D1, R2, queues and Durable Objects, with all migrations applied. */
export async function workerProject(options: WorkerProjectOptions) {
  const [dataMigrations, controlMigrations] = await Promise.all([
    readD1Migrations(`${root}migrations/data`),
    readD1Migrations(`${root}migrations/control`),
  ])
  return defineProject({
    root: `${root}${options.folder}`,
    plugins: [
      cloudflareTest({
        ...(options.wrangler ? { wrangler: { configPath: `${root}${options.wrangler}` } } : {}),
        miniflare: {
          compatibilityDate: '2026-08-01',
          compatibilityFlags: ['nodejs_compat'],
          ...options.miniflare,
          bindings: {
            ENVIRONMENT: 'development',
            ...options.bindings,
            TEST_DATA_MIGRATIONS: dataMigrations,
            TEST_CONTROL_MIGRATIONS: controlMigrations,
          },
        },
      }),
    ],
    test: {
      ...COMPUTING,
      name: options.name,
      // One workerd for many files, each of which begins with nothing: see the setup files.
      isolate: false,
      include: options.include,
      // The first request of a file loads the Worker, which takes long where all projects run at once.
      hookTimeout: 60_000,
      setupFiles: [`${root}test/fresh-modules.ts`, `${root}test/fresh-worker.ts`],
    },
  })
}
