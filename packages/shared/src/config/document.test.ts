import * as fc from 'fast-check'
import { describe, it } from 'vitest'
import { configDocument } from '../contracts/config-document.ts'
import { arbitraryConfig } from '../testing/arbitrary-config.ts'
import { diffConfig } from './diff.ts'
import { applyDocument, declaredOf, documentOf } from './document.ts'
import { canonical, type ConfigContent, EMPTY_CONTENT } from './revision.ts'

const text = (content: ConfigContent) => JSON.stringify(documentOf(content))
const runs = { numRuns: 30 }

/** The same things in another order, fields too. */
function shuffled(content: ConfigContent): ConfigContent {
  const turned = (value: unknown): unknown =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .toReversed()
            .map(([name, inner]) => [name, turned(inner)]),
        )
      : value
  return Object.fromEntries(
    Object.entries(content).map(([name, value]) => [name, Array.isArray(value) ? value.map(turned).toReversed() : value]),
  ) as unknown as ConfigContent
}

describe('the document of a configuration', () => {
  it('is the same on a fresh instance that it was applied to, and applying it twice changes nothing', ({ expect }) => {
    fc.assert(
      fc.property(arbitraryConfig, (content) => {
        const fresh = applyDocument(EMPTY_CONTENT, declaredOf(content))
        expect(text(fresh)).toBe(text(content))
        expect(canonical(applyDocument(fresh, declaredOf(content)))).toBe(canonical(fresh))
      }),
      runs,
    )
  })

  it('leaves what it came from as it is, order and all', ({ expect }) => {
    fc.assert(
      fc.property(arbitraryConfig, (content) => {
        expect(JSON.stringify(applyDocument(content, declaredOf(shuffled(content))).routes.map(({ id }) => id))).toBe(
          JSON.stringify(content.routes.map(({ id }) => id)),
        )
        expect(canonical(applyDocument(content, declaredOf(shuffled(content))))).toBe(canonical(content))
      }),
      runs,
    )
  })

  it('has one text, however the configuration is ordered', ({ expect }) => {
    fc.assert(
      fc.property(arbitraryConfig, (content) => {
        expect(text(shuffled(content))).toBe(text(content))
      }),
      runs,
    )
  })

  it('is read by its contract, and what it leaves out is the default', ({ expect }) => {
    fc.assert(
      fc.property(arbitraryConfig, (content) => {
        const read = configDocument.parse(documentOf(content))
        const declared = declaredOf(content)
        const sorted = <T>(items: readonly T[]) => canonical(items.map((item) => canonical(item)).toSorted())
        for (const kind of ['secrets', 'policies', 'providers', 'routes', 'clients'] as const) {
          expect(sorted<unknown>(read[kind])).toBe(sorted<unknown>(declared[kind]))
        }
        const connectors = read.connectors.map(({ operations: _operations, ...connector }) => connector)
        const operations = read.connectors.flatMap(({ id, operations: all }) => all.map((one) => ({ ...one, connector: id })))
        expect(sorted(connectors)).toBe(sorted(declared.connectors))
        expect(sorted(operations)).toBe(sorted(declared.operations))
      }),
      runs,
    )
  })

  it('tells no value, no key and no hold', ({ expect }) => {
    fc.assert(
      fc.property(arbitraryConfig, (content) => {
        expect(text(content)).not.toMatch(/sealed\d|a{64}|resumedAt|breakerResetAt|"paused"|breakerOverrides|liveShards/)
      }),
      runs,
    )
  })

  it('turns one configuration into any other, but for what no document holds', ({ expect }) => {
    fc.assert(
      fc.property(arbitraryConfig, arbitraryConfig, (before, wanted) => {
        const after = applyDocument(before, declaredOf(wanted))
        expect(text(after)).toBe(text(wanted))
        const known = new Map(before.secrets.map((secret) => [secret.name, secret]))
        for (const secret of after.secrets) {
          const was = known.get(secret.name)
          if (secret.source === 'stored') expect(secret.versions).toEqual(was?.source === 'stored' ? was.versions : [])
        }
        for (const { id, keys } of after.clients) expect(keys).toEqual(before.clients.find((one) => one.id === id)?.keys ?? [])
        for (const { id, paused } of after.providers) {
          expect(paused).toBe(before.providers.find((one) => one.id === id)?.paused ?? false)
        }
        const there = new Set(after.connectors.map(({ id }) => id))
        const isThere = (pause: { kind: string; id: string }) => pause.kind === 'queue' || there.has(pause.id)
        expect(after.pauses).toEqual(before.pauses.filter(isThere))
        expect(after.breakerOverrides).toEqual(before.breakerOverrides.filter(({ connector }) => there.has(connector)))
        expect(after.settings).toEqual({ ...before.settings, resendGraceMs: wanted.settings.resendGraceMs })
      }),
      runs,
    )
  })
})

describe('what differs between two configurations', () => {
  it('is nothing exactly where they are the same, and never holds a value', ({ expect }) => {
    fc.assert(
      fc.property(arbitraryConfig, arbitraryConfig, (one, other) => {
        expect(diffConfig(one, shuffled(one))).toEqual([])
        const forth = diffConfig(one, other)
        expect(forth.length === 0).toBe(canonical(sortedContent(one)) === canonical(sortedContent(other)))
        expect(JSON.stringify(forth)).not.toMatch(/sealed\d|a{64}/)
        // The way back has the same things, the other way round.
        const back = diffConfig(other, one)
        const turned = { created: 'deleted', deleted: 'created', updated: 'updated' } as const
        expect(back.map(({ kind, id, change }) => [kind, id, turned[change]])).toEqual(
          forth.map(({ kind, id, change }) => [kind, id, change]),
        )
      }),
      runs,
    )
  })

  it('is told by path, in one order', ({ expect }) => {
    const [content] = fc.sample(arbitraryConfig, { numRuns: 1, seed: 7 })
    if (!content) throw new Error('no sample')
    const [provider] = content.providers
    const after = {
      ...content,
      settings: { ...content.settings, resendGraceMs: 200_001 },
      providers: content.providers.map((one) => (one === provider ? { ...one, bodyLimitBytes: 7, settings: { z: ['a'] } } : one)),
      secrets: [...content.secrets, { name: 'zz', source: 'env' as const, variable: 'OUTSIDE_ZZ' }],
      pauses: [],
    }
    const before = { ...content, providers: content.providers.map((one) => (one === provider ? { ...one, settings: {} } : one)) }
    expect(diffConfig(before, after)).toEqual([
      {
        kind: 'settings',
        id: 'settings',
        change: 'updated',
        fields: [{ path: 'resendGraceMs', before: content.settings.resendGraceMs, after: 200_001 }],
      },
      {
        kind: 'provider',
        id: provider?.id,
        change: 'updated',
        fields: [
          { path: 'bodyLimitBytes', before: 1_000, after: 7 },
          { path: 'settings.z', before: null, after: ['a'] },
        ],
      },
      { kind: 'secret', id: 'zz', change: 'created', fields: [] },
      ...content.pauses
        .map(({ kind, id }) => ({ kind: 'pause', id: `${kind}/${id}`, change: 'deleted', fields: [] }))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    ])
  })

  it('says that something hidden differs, and of secrets and keys only versions and ends', ({ expect }) => {
    const secret = (ciphertext: string, validUntil: number | null = null) => ({
      ...EMPTY_CONTENT,
      secrets: [{ name: 's', source: 'stored' as const, versions: [{ version: 3, iv: 'i', ciphertext, validUntil }] }],
    })
    expect(diffConfig(secret('one'), secret('two'))).toEqual([
      {
        kind: 'secret',
        id: 's',
        change: 'updated',
        fields: [{ path: 'value', before: '[hidden]', after: '[hidden, another one]' }],
      },
    ])
    expect(diffConfig(secret('one'), secret('one', 0))[0]?.fields).toEqual([
      { path: 'versions.3.validUntil', before: null, after: '1970-01-01T00:00:00.000Z' },
    ])
  })
})

function sortedContent(content: ConfigContent): unknown {
  return Object.entries(content).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map((one) => canonical(one)).toSorted() : value,
  ])
}
