import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { until } from '../lib/until.ts'
import { startStubStack, STUBS, type StubStack, temporaryFolder } from '../test/stub-stack.ts'
import { watchSources } from './watch.ts'

let folder: string
let main: string
let stack: StubStack
/** With the door that control is bound to: without it the runtime does not start. */
const source = (answer: string): string => `import { WorkerEntrypoint } from 'cloudflare:workers'
export class SecretCheck extends WorkerEntrypoint {}
export default { fetch: () => new Response('${answer}') }
`
const answer = async (): Promise<string> => (await stack.ask('ingress', '/')).text()

beforeAll(async () => {
  folder = await temporaryFolder()
  main = join(folder, 'main.ts')
  await writeFile(main, source('first'))
  stack = await startStubStack({ entrypoints: { ...STUBS, 'orchestrator-ingress': main } })
})
afterAll(async () => {
  await stack.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('reload', () => {
  it('puts the changed source into force and keeps the data', async ({ expect }) => {
    expect(await answer()).toBe('first')
    await stack.ask('billing', '/behaviour', { method: 'PUT', body: '{"mode":"hang"}' })
    await writeFile(main, source('second'))
    await stack.runtime.reload()
    expect(await answer()).toBe('second')
    expect(await (await stack.ask('billing', '/behaviour')).json()).toMatchObject({ mode: 'hang' })
  })

  it('keeps the old version when the new one does not compile', async ({ expect }) => {
    await writeFile(main, source('third'))
    await stack.runtime.reload()
    await writeFile(main, 'export default {')
    await expect(stack.runtime.reload()).rejects.toThrow('main.ts')
    expect(await answer()).toBe('third')
  })

  it('goes back to the old version when the new one does not load', async ({ expect }) => {
    await writeFile(main, source('fourth'))
    await stack.runtime.reload()
    await writeFile(main, "throw new Error('no')\nexport default { fetch() {} }\n")
    await expect(stack.runtime.reload()).rejects.toThrow()
    expect(await answer()).toBe('fourth')
    await writeFile(main, source('fifth'))
    await stack.runtime.reload()
    expect(await answer()).toBe('fifth')
  })
})

describe('watching', () => {
  it('reloads once for a burst of changes, says when it could not, and leaves tests and builds alone', async ({ expect }) => {
    const watched = await temporaryFolder()
    await mkdir(join(watched, 'room'))
    await mkdir(join(watched, 'dist'))
    let reloads = 0
    const lines: string[] = []
    const stop = watchSources(
      [watched],
      async () => {
        reloads++
        if (reloads === 2) throw new Error('it does not compile')
      },
      (line) => lines.push(line),
    )
    await writeFile(join(watched, 'dist/index.js'), '1')
    await writeFile(join(watched, 'room/one.test.ts'), '1')
    for (let i = 0; i < 5; i++) await writeFile(join(watched, 'room/one.ts'), String(i))
    await until('the burst reloads', async () => lines[0], { timeoutMs: 5_000 })
    expect(reloads).toBe(1)
    await writeFile(join(watched, 'room/two.ts'), '1')
    expect(await until('the failure is told', async () => lines[1], { timeoutMs: 5_000 })).toContain('it does not compile')
    stop()
    await rm(watched, { recursive: true, force: true })
  })
})
