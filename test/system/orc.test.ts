import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BulkOperation } from '@orchestrator/shared/contracts/bulk-api'
import type { DeadLetter } from '@orchestrator/shared/contracts/control-api'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { billingBehaves, effects } from '../support/billing.ts'
import { ask } from '../support/control.ts'
import { eventually } from '../support/eventually.ts'
import { orc, orcJson } from '../support/orc.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { postSpread } from '../support/webhooks.ts'

let stack: Stack
let fresh: Stack
let folder: string
const at = (name: string): string => join(folder, name)
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orchestrator-orc-'))
  // One after the other: the first may have to build the console.
  stack = await startStack()
  fresh = await startStack()
}, 240_000)
afterAll(async () => {
  await Promise.all([stack?.stop(), fresh?.stop()])
  rmSync(folder, { recursive: true, force: true })
})

interface Revisions {
  items: { revision: number; reason: string; inForce: boolean }[]
}
const revisions = async (port: number): Promise<Revisions['items']> =>
  (await orcJson<Revisions>(port, ['config', 'history'])).items

/** What differs from the values of development: one attempt a job, and something of every kind. */
function enrich(yaml: string): string {
  const more = yaml
    .replace('maxAttempts: 4', 'maxAttempts: 1')
    .replace('resendGraceMs: 15000', 'resendGraceMs: 16000')
    .replace('\nsecrets:\n', '\nsecrets:\n  - { name: acme-token, source: stored }\n')
    .replace('\nproviders:\n', '\nproviders:\n  - { id: acme, preset: github, secret: acme-token, enabled: false }\n')
    .replace(
      '\nroutes:\n',
      '\nroutes:\n  - { id: acme, provider: acme, eventTypes: ["**"], connector: billing, operation: echo, input: $ }\n',
    )
  return `${more}  - id: shop\n    name: Shop\n    scopes: [execute]\n    serviceTokens: [shop.access]\n`
}

describe('the configuration as a file', () => {
  it('pulled from one instance and applied to a fresh one is pulled from there byte for byte', async ({ expect }) => {
    const { out: original } = await orc(stack.port, ['config', 'pull'])
    writeFileSync(at('rich.yaml'), enrich(original))
    const apply = ['config', 'apply', at('rich.yaml'), '--reason', 'something of every kind', '--yes']
    expect(await orc(stack.port, apply)).toMatchObject({ code: 0, err: '' })
    expect(await orc(stack.port, ['config', 'pull', at('pulled.yaml')])).toMatchObject({ code: 0, out: '' })
    const pulled = readFileSync(at('pulled.yaml'), 'utf8')
    for (const text of ['shop.access', 'id: acme', 'name: acme-token', 'resendGraceMs: 16000']) expect(pulled).toContain(text)

    writeFileSync(at('nothing.yaml'), 'version: 1\n')
    const empty = await orc(fresh.port, ['config', 'apply', at('nothing.yaml'), '--reason', 'a fresh instance', '--yes'])
    expect([empty.code, empty.out.includes('  - connector billing\n')]).toEqual([0, true])
    expect((await orc(fresh.port, ['config', 'pull'])).out.split('\n').length).toBeLessThan(5)

    const again = ['config', 'apply', at('pulled.yaml'), '--reason', 'from git', '--yes']
    expect((await orc(fresh.port, again)).code).toBe(0)
    expect((await orc(fresh.port, ['config', 'pull'])).out).toBe(pulled)
    const count = (await revisions(fresh.port)).length
    const second = await orc(fresh.port, again)
    expect([second.code, second.out]).toEqual([0, expect.stringContaining('No changes')])
    expect((await orc(fresh.port, ['config', 'plan', at('pulled.yaml'), '--exit-code'])).code).toBe(0)
    expect((await revisions(fresh.port)).length).toBe(count)
  })

  it('has its mistakes shown in their places, and none of it applied', async ({ expect }) => {
    const broken = readFileSync(at('pulled.yaml'), 'utf8').replace('operation: set-subscription', 'operation: nowhere')
    writeFileSync(at('broken.yaml'), broken)
    const line = broken.split('\n').findIndex((text) => text.includes('operation: nowhere')) + 1
    const before = await revisions(stack.port)
    const { code, err } = await orc(stack.port, ['config', 'apply', at('broken.yaml'), '--reason', 'broken', '--yes'])
    expect(code).toBe(1)
    expect(err).toContain(`${at('broken.yaml')}:${line}:5 routes.1.operation: `)
    expect(await revisions(stack.port)).toEqual(before)
  })

  it('goes back to an earlier revision, by a new one', async ({ expect }) => {
    const before = await revisions(fresh.port)
    const empty = before.find(({ reason }) => reason === 'a fresh instance')?.revision
    const rich = before[0]?.revision ?? 0
    expect((await orc(fresh.port, ['config', 'rollback', String(empty), '--reason', 'as it was', '--yes'])).code).toBe(0)
    expect((await revisions(fresh.port))[0]).toMatchObject({ revision: rich + 1, inForce: true, reason: 'as it was' })
    expect((await orc(fresh.port, ['config', 'diff', String(empty), '--exit-code'])).code).toBe(0)
    const since = await orc(fresh.port, ['config', 'diff', String(rich), '--exit-code'])
    expect([since.code, since.out.includes('  - client shop\n')]).toEqual([3, true])
    expect((await orc(fresh.port, ['config', 'show', String(rich), '--document'])).out).toContain('id: shop')
  })

  it('is not for viewers to change', async ({ expect }) => {
    const apply = ['config', 'apply', at('nothing.yaml'), '--reason', 'mine', '--yes']
    const { code, out, err } = await orc(stack.port, [...apply, '--json'], { as: 'viewer@example.com' })
    expect([code, out]).toEqual([1, ''])
    expect(JSON.parse(err)).toMatchObject({ status: 403, code: 'forbidden' })
  })
})

describe('dead letters', () => {
  it('are listed, grouped, replayed one by one and many at once, each once', { timeout: 240_000 }, async ({ expect }) => {
    await billingBehaves(stack.port, { mode: 'status', status: 500 })
    const sent = await postSpread(stack.port, 12, 500, 'orc')
    await eventually('12 dead letters', 90_000, async () => {
      const { body } = await ask<{ items: unknown[] }>(stack.port, 'viewer', '/v1/dead-letters?status=open')
      return body.items.length === 12 || `${body.items.length} are there`
    })
    const letters = async (): Promise<DeadLetter[]> =>
      (await orcJson<{ items: DeadLetter[] }>(stack.port, ['dlq', 'list', '--connector', 'billing'])).items
    const groups = await orcJson<{ items: { count: number; fingerprint: string }[] }>(stack.port, ['dlq', 'groups'])
    expect(groups.items).toMatchObject([{ count: 12 }])

    await billingBehaves(stack.port, { mode: 'ok' })
    const one = (await letters())[0]
    const shown = await orc(stack.port, ['dlq', 'show', String(one?.id)])
    expect([shown.code, shown.out.includes('500')]).toEqual([0, true])
    expect((await orc(stack.port, ['dlq', 'replay', String(one?.id), '--reason', 'billing is back'])).code).toBe(0)
    const twice = await orc(stack.port, ['dlq', 'replay', String(one?.id), '--reason', 'billing is back'])
    expect([twice.code, twice.err.includes('409')]).toEqual([1, true])

    const filter = ['--fingerprint', String(groups.items[0]?.fingerprint)]
    const plan = await orcJson<{ count: number }>(stack.port, ['dlq', 'replay', ...filter, '--dry-run'])
    expect(plan.count).toBe(11)
    const replay = ['dlq', 'replay', ...filter, '--reason', 'billing is back', '--rate', '100', '--yes']
    const operation = await orcJson<BulkOperation>(stack.port, replay)
    expect(operation).toMatchObject({ status: 'done', total: 11, done: 11, failed: 0 })
    expect((await orc(stack.port, ['bulk', 'list'])).out).toContain(operation.id)
    expect(await letters()).toEqual([])
    await eventually('every effect', 60_000, async () => {
      const { missing } = await effects(stack.port, sent)
      return missing.length === 0 || `${missing.length} are missing`
    })
    expect(await effects(stack.port, sent)).toEqual({ missing: [], doubled: [], repeated: 0 })
  })
})

describe('the audit log', () => {
  it('is exported and proven with the key that was kept, and a change of the file is found', async ({ expect }) => {
    const key = await orc(stack.port, ['audit', 'key'])
    writeFileSync(at('key.json'), key.out)
    expect((await orc(stack.port, ['audit', 'export', at('audit.jsonl')])).code).toBe(0)
    const verify = ['audit', 'verify', at('audit.jsonl'), '--public-key', at('key.json')]
    const whole = await orc(stack.port, verify)
    expect([whole.code, whole.out]).toEqual([0, expect.stringContaining('which is the one you gave')])

    const text = readFileSync(at('audit.jsonl'), 'utf8')
    const line = text.split('\n').findIndex((each) => each.includes('something of every kind')) + 1
    writeFileSync(at('audit.jsonl'), text.replace('something of every kind', 'something of any kind'))
    const changed = await orc(stack.port, verify)
    expect([changed.code, changed.out]).toEqual([3, expect.stringContaining(`audit.jsonl:${line}: Row ${line - 1} was changed`)])
    const viewer = await orc(stack.port, ['audit', 'export', at('none.jsonl')], { as: 'viewer@example.com' })
    expect([viewer.code, viewer.err.includes('403')]).toEqual([1, true])
  })

  it('is proven by the service, and a row that was changed there is named', async ({ expect }) => {
    const whole = await orc(stack.port, ['audit', 'verify', '--public-key', at('key.json')], { as: 'auditor@example.com' })
    expect([whole.code, whole.out]).toEqual([0, expect.stringMatching(/^Whole: \d+ rows up to row \d+\./)])
    const db = await stack.runtime.mf.getD1Database('CONTROL_DB', 'orchestrator-control')
    await db.prepare("UPDATE audit_log SET reason = 'another' WHERE seq = 1").run()
    const broken = await orc(stack.port, ['audit', 'verify'])
    expect([broken.code, broken.out]).toEqual([3, expect.stringContaining('Broken at row 1: ')])
  })
})
