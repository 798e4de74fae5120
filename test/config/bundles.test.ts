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

/** What a bundle is made of, as its source map tells. */
function sourcesOf(bundle: string): string[] {
  const map = /sourceMappingURL=data:application\/json;base64,(\S+)/.exec(bundle)?.[1] ?? ''
  return (JSON.parse(Buffer.from(map, 'base64').toString()) as { sources: string[] }).sources
}

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

  it('of control has of the description of its API the document alone', async ({ expect }) => {
    const sources = sourcesOf(await bundleWorker(join(root, 'workers/control/src/index.ts')))
    const described = sources.filter((source) => source.includes('control/src/openapi/'))
    expect(described.map((source) => source.split('/').at(-1))).toEqual(['openapi.json'])
    expect(sources.filter((source) => source.includes('/testing/'))).toEqual([])
  })
})
