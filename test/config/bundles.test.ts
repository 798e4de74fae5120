import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bundleWorker } from '@orchestrator/dev/runtime/bundle'
import { readWranglerConfig } from '@orchestrator/dev/runtime/wrangler-config'
import { describe, it } from 'vitest'

const root = new URL('../..', import.meta.url).pathname

/** Budgets of the design, kB gzip, minified as the wrangler files say. */
const BUDGETS = [
  ['ingress', 'src/index.ts', 150],
  ['execution', 'src/index.ts', 300],
  ['control', 'src/index.ts', 400],
  ['console', 'worker/index.ts', 150],
] as const

describe('the bundle', () => {
  for (const [worker, main, budget] of BUDGETS) {
    it(`of ${worker} is at most ${budget} kB gzip`, async ({ expect }) => {
      const { minify } = readWranglerConfig(`workers/${worker}`)
      const bundle = await bundleWorker(join(root, 'workers', worker, main), { minify })
      const withoutMap = bundle.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '')
      const kilobytes = gzipSync(withoutMap).length / 1_000
      console.log(`${worker}: ${kilobytes.toFixed(1)} kB gzip`)
      expect(withoutMap.length).toBeGreaterThan(10_000)
      expect(kilobytes).toBeLessThanOrEqual(budget)
    })
  }
})
