import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import type { ConfigContent } from './publish.ts'
import { publishConfig } from './publish.ts'
import { ConfigLoader, REFRESH_AFTER_MS } from './loader.ts'
import type { ConfigBindings } from './snapshot-store.ts'
import { configSources } from './sources.ts'

const bindings = env as unknown as ConfigBindings
const content = (graceMs: number): ConfigContent => ({
  providers: [],
  routes: [],
  connectors: [],
  operations: [],
  policies: [],
  secrets: [],
  breakerOverrides: [],
  pauses: [],
  clients: [],
  settings: { writeShard: 0, liveShards: [0, 1], resendGraceMs: graceMs },
})
const by = { author: 'test', reason: 'test', now: 1 }
const broken = { ...bindings, CONTROL_DB: undefined } as unknown as ConfigBindings

describe('configuration snapshot', () => {
  it('publishes the same content as the same revision', async ({ expect }) => {
    const first = await publishConfig(bindings, content(1_000), by)
    const again = await publishConfig(bindings, content(1_000), { ...by, now: 2 })
    const other = await publishConfig(bindings, content(2_000), { ...by, now: 3 })
    expect(again).toEqual(first)
    expect(other.revision).toBe(first.revision + 1)
  })

  it('starts cold from R2 when CONTROL_DB cannot be read', async ({ expect }) => {
    const published = await publishConfig(bindings, content(3_000), by)
    const failures: string[] = []
    const loader = new ConfigLoader(() => 0)
    const snapshot = await loader.current(configSources(broken, (source) => failures.push(source)))
    expect(snapshot).toEqual(published)
    expect(failures).toEqual(['CONTROL_DB'])
  })

  it('answers unavailable, not empty, when nothing is readable', async ({ expect }) => {
    const loader = new ConfigLoader(() => 0)
    const nothing = { CONTROL_DB: undefined, PAYLOADS: undefined } as unknown as ConfigBindings
    await expect(loader.current(configSources(nothing))).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('goes on with what it has when a refresh fails, and takes the new revision when it can', async ({ expect }) => {
    let now = 0
    const loader = new ConfigLoader(() => now)
    const first = await publishConfig(bindings, content(4_000), by)
    await loader.current(configSources(bindings))
    const second = await publishConfig(bindings, content(5_000), by)
    expect((await loader.current(configSources(bindings))).revision).toBe(first.revision)
    now += REFRESH_AFTER_MS
    expect((await loader.current(configSources(broken))).revision).toBe(first.revision)
    now += REFRESH_AFTER_MS
    expect((await loader.current(configSources(bindings))).revision).toBe(second.revision)
    expect((await loader.pinned(first.revision, configSources(bindings)))?.settings.resendGraceMs).toBe(4_000)
  })

  it('counts its age from before it was read, however long that took', async ({ expect }) => {
    let now = 0
    const loader = new ConfigLoader(() => now)
    await publishConfig(bindings, content(8_000), by)
    const sources = configSources(bindings)
    const slow = { ...sources, fromDb: async () => ((now += 1_000), sources.fromDb()) }
    await loader.current(slow)
    const second = await publishConfig(bindings, content(9_000), by)
    now = REFRESH_AFTER_MS
    expect((await loader.current(sources)).revision).toBe(second.revision)
  })

  it('finds a pinned revision in either place, and nowhere else', async ({ expect }) => {
    const first = await publishConfig(bindings, content(6_000), by)
    await publishConfig(bindings, content(7_000), by)
    const withoutR2 = { ...bindings, PAYLOADS: undefined } as unknown as ConfigBindings
    for (const place of [broken, withoutR2]) {
      const pinned = await new ConfigLoader(() => 0).pinned(first.revision, configSources(place))
      expect(pinned?.settings.resendGraceMs).toBe(6_000)
    }
    expect(await new ConfigLoader(() => 0).pinned(999, configSources(bindings))).toBeUndefined()
  })
})
