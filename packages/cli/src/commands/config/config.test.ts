import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest'
import { type FakeControl, type Handler, problem, type Reply, startFakeControl } from '../../testing/fake-control.ts'
import { runCli, type World } from '../../testing/run-cli.ts'

let folder: string
let file: string
let control: FakeControl | undefined
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orc-config-'))
  file = join(folder, 'config.yaml')
  await writeFile(file, 'version: 1\nroutes:\n  - id: a\n    provider: nobody\n')
})
afterAll(() => rm(folder, { recursive: true, force: true }))
afterEach(async () => {
  await control?.stop()
  control = undefined
})

/** `orc config …` against a control with these routes. */
async function config(routes: Record<string, Handler | Reply>, args: string[], world: World = {}) {
  await control?.stop()
  control = await startFakeControl(routes)
  const env = { ORC_URL: control.url, ...world.env }
  return { ...(await runCli(['config', ...args], { ...world, env })), received: control.received }
}

const CHANGES = [{ kind: 'route', id: 'a', change: 'created', fields: [] }]
const PLAN = { baseRevision: 7, changes: CHANGES, effects: ['Nothing waits for it.'] }
const SAME = { baseRevision: 7, changes: [], effects: [] }
const APPLIED = { ...PLAN, configRevision: 8, auditSeq: 12 }
const planned = { 'POST /v1/config/plan': { body: PLAN } }
const applying = { ...planned, 'POST /v1/config/apply': { body: APPLIED } }

describe('orc config pull', () => {
  const yaml = 'version: 1\n# as the server writes it\n'
  const routes = {
    'GET /v1/config': ({ headers }: { headers: Record<string, unknown> }) =>
      headers.accept === 'application/yaml' ? { body: yaml } : { body: { revision: 7, document: { version: 1 } } },
  } as Record<string, Handler>

  it('writes the server’s bytes to stdout, or to a file that is there whole', async ({ expect }) => {
    expect(await config(routes, ['pull'])).toMatchObject({ code: 0, out: yaml, err: '' })
    const target = join(folder, 'pulled.yaml')
    expect(await config(routes, ['pull', target])).toMatchObject({ code: 0, out: '', err: `${target}: ${yaml.length} bytes\n` })
    expect(await readFile(target, 'utf8')).toBe(yaml)
  })

  it('is JSON with --json', async ({ expect }) => {
    const { out } = await config(routes, ['pull', '--json'])
    expect(JSON.parse(out)).toEqual({ revision: 7, document: { version: 1 } })
  })

  it('leaves a file as it was when the server fails, and no other one behind', async ({ expect }) => {
    const target = join(folder, 'kept.yaml')
    await writeFile(target, 'kept')
    const { code } = await config({ 'GET /v1/config': problem(500, 'internal_error', 'x') }, ['pull', target])
    expect([code, await readFile(target, 'utf8')]).toEqual([1, 'kept'])
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('does not write where a folder is, or into none', async ({ expect }) => {
    expect((await config(routes, ['pull', folder])).err).toContain('is not a file that could be replaced')
    const nowhere = join(folder, 'no/where.yaml')
    expect((await config(routes, ['pull', nowhere])).err).toBe(`orc: ${nowhere}: there is no such file or folder\n`)
  })
})

describe('orc config plan', () => {
  it('shows what would change and changes nothing', async ({ expect }) => {
    const { code, out, received } = await config(planned, ['plan', file])
    expect(code).toBe(0)
    expect(out).toBe(
      'Against revision 7:\n\n  + route a\n\n1 created, 0 updated, 0 deleted (1 change).\n\nEffects\n  • Nothing waits for it.\n',
    )
    expect(received[0]?.body).toEqual({ document: { version: 1, routes: [{ id: 'a', provider: 'nobody' }] } })
  })

  it('ends with 3 when it is asked to and there are changes', async ({ expect }) => {
    expect((await config(planned, ['plan', file, '--exit-code'])).code).toBe(3)
    const same = { 'POST /v1/config/plan': { body: SAME } }
    expect(await config(same, ['plan', file, '--exit-code'])).toMatchObject({
      code: 0,
      out: 'No changes: revision 7 is already like this.\n',
    })
  })

  it('reads stdin, and prints JSON', async ({ expect }) => {
    const { out, received } = await config(planned, ['plan', '-', '--json'], { stdin: '{"version": 1}' })
    expect(JSON.parse(out)).toEqual(PLAN)
    expect(received[0]?.body).toEqual({ document: { version: 1 } })
  })

  it('asks again when the server is busy: a plan changes nothing', async ({ expect }) => {
    let asked = 0
    const busy: Handler = () => (++asked < 3 ? problem(503, 'unavailable', 'Not now.') : { body: PLAN })
    expect(await config({ 'POST /v1/config/plan': busy }, ['plan', file])).toMatchObject({ code: 0, slept: [225, 450] })
  })

  it('shows where in the file each thing is that is wrong', async ({ expect }) => {
    const issues = [
      { path: 'routes.0.provider', message: 'there is no provider nobody' },
      { path: 'routes.0.operation', message: 'is missing' },
      { path: '', message: 'is no good' },
    ]
    const refused = { 'POST /v1/config/plan': problem(400, 'validation_failed', 'See issues.', { issues }) }
    const { code, err } = await config(refused, ['plan', file])
    expect(code).toBe(1)
    expect(err).toContain(`  ${file}:4:5 routes.0.provider: there is no provider nobody\n`)
    expect(err).toContain(`  ${file}:3:5 routes.0.operation: is missing\n  ${file}: is no good\n`)
    const json = await config(refused, ['plan', file, '--json'])
    expect(JSON.parse(json.err)).toMatchObject({
      code: 'validation_failed',
      issues: [{ path: 'routes.0.provider', file, line: 4, column: 5 }, { line: 3 }, { path: '' }],
    })
  })

  it('sends nothing when the file cannot be read', async ({ expect }) => {
    const bad = join(folder, 'bad.yaml')
    await writeFile(bad, 'version: 1\nversion: 2\n')
    const { code, err, received } = await config(planned, ['plan', bad])
    expect([code, received]).toEqual([1, []])
    expect(err).toContain(`${bad}:2:1 Map keys must be unique`)
    expect((await config(planned, ['plan', folder])).err).toContain(`${folder}: this is a folder`)
  })
})

describe('orc config apply', () => {
  const withFile = (more: string[] = []): string[] => ['apply', file, '--reason', 'a new route', ...more]

  it('shows the plan, asks, and applies just that', async ({ expect }) => {
    const { code, out, asked, received } = await config(applying, withFile(), { answers: ['y'] })
    expect([code, asked]).toEqual([0, ['Apply this? [y/N] ']])
    expect(out).toContain('  + route a\n')
    expect(out).toContain('Applied: revision 8 is in force (audit entry 12).\n')
    expect(received[1]?.body).toMatchObject({ document: { version: 1 }, reason: 'a new route', baseRevision: 7 })
  })

  it('does nothing on any other answer', async ({ expect }) => {
    for (const answer of ['', 'n', 'yo']) {
      const { code, err, received } = await config(applying, withFile(), { answers: [answer] })
      expect([code, received.length]).toEqual([1, 1])
      expect(err).toContain('Nothing was done.')
    }
  })

  it('needs --yes where nobody can be asked', async ({ expect }) => {
    for (const [more, world] of [
      [[], {}],
      [['--json'], { answers: ['y'] }],
    ] as const) {
      const { code, received } = await config(applying, withFile([...more]), { ...world } as World)
      expect([code, received.length]).toEqual([2, 1])
    }
    const { code, out } = await config(applying, withFile(['--yes', '--json']))
    expect([code, JSON.parse(out)]).toEqual([0, APPLIED])
  })

  it('changes nothing, and asks nothing, when all is as it should be', async ({ expect }) => {
    const { code, out, asked, received } = await config({ 'POST /v1/config/plan': { body: SAME } }, withFile(), { answers: [] })
    expect([code, asked, received.length]).toEqual([0, [], 1])
    expect(out).toBe('No changes: revision 7 is already like this.\n')
  })

  it('says to plan again when somebody was faster', async ({ expect }) => {
    const moved = { ...planned, 'POST /v1/config/apply': problem(412, 'precondition_failed', 'Revision 8 is in force.') }
    const { code, err } = await config(moved, withFile(['--yes']))
    expect(code).toBe(1)
    expect(err).toContain('look at the plan again')
    const other = await config(applying, withFile(['--yes', '--base-revision', '6']))
    expect([other.code, other.received.length]).toEqual([1, 1])
    expect(other.err).toContain('Revision 7 is in force, not 6: nothing was done')
  })

  it('needs a reason that says something', async ({ expect }) => {
    expect(await config(applying, ['apply', file])).toMatchObject({ code: 2, received: [] })
    expect((await config(applying, ['apply', file, '--reason', '…'])).code).toBe(2)
  })
})

describe('revisions', () => {
  const summary = (revision: number) => ({
    revision,
    publishedAt: '2026-11-30T07:13:11.000Z',
    author: 'admin@example.com',
    reason: `reason ${revision}`,
    inForce: revision === 9,
  })

  it('are listed over as many pages as that takes', async ({ expect }) => {
    const pages: Handler = ({ path }) =>
      path.includes('cursor=next')
        ? { body: { items: [summary(7)], nextCursor: null } }
        : { body: { items: [summary(9), summary(8)], nextCursor: 'next' } }
    const { out, received } = await config({ 'GET /v1/config-revisions': pages }, ['history'])
    expect(out.split('\n')).toEqual([
      'REVISION  PUBLISHED (UTC)      BY                 REASON',
      '     * 9  2026-11-30 07:13:11  admin@example.com  reason 9',
      '       8  2026-11-30 07:13:11  admin@example.com  reason 8',
      '       7  2026-11-30 07:13:11  admin@example.com  reason 7',
      '',
    ])
    expect(received.map(({ path }) => path)).toEqual([
      '/v1/config-revisions?limit=20',
      '/v1/config-revisions?cursor=next&limit=18',
    ])
    const two = await config({ 'GET /v1/config-revisions': pages }, ['history', '--limit', '2', '--json'])
    expect(JSON.parse(two.out)).toMatchObject({ items: [{ revision: 9 }, { revision: 8 }], nextCursor: 'next' })
    const cut = await config({ 'GET /v1/config-revisions': pages }, ['history', '--limit', '2'])
    expect(cut.err).toBe('There are more: --limit shows them.\n')
  })

  it('are shown and compared', async ({ expect }) => {
    const detail = { ...summary(9), changes: CHANGES, document: { version: 1, routes: [] } }
    const routes = {
      'GET /v1/config-revisions/9': { body: detail },
      'GET /v1/config-revisions/8/compare': { body: { from: 8, to: 9, changes: CHANGES } },
    }
    const shown = await config(routes, ['show', '9'])
    expect(shown.out).toContain('Revision 9, in force\n2026-11-30 07:13:11 UTC by admin@example.com: reason 9\n\n  + route a\n')
    expect((await config(routes, ['show', '9', '--document'])).out).toBe('version: 1\nroutes: []\n')
    const compared = await config(routes, ['diff', '8', '--exit-code'])
    expect(compared).toMatchObject({ code: 3, received: [{ path: '/v1/config-revisions/8/compare' }] })
    expect((await config(routes, ['diff', '8', '9'])).received[0]?.path).toBe('/v1/config-revisions/8/compare?with=9')
    expect((await config(routes, ['show', 'nine'])).code).toBe(2)
  })

  it('are gone back to: a dry run first, then a question', async ({ expect }) => {
    const rollback: Handler = ({ path }) => ({ body: path.endsWith('?dryRun=true') ? PLAN : APPLIED })
    const routes = { 'POST /v1/config-revisions/6/rollback': rollback }
    const args = ['rollback', '6', '--reason', 'it broke']
    const refused = await config(routes, args, { answers: ['no'] })
    expect([refused.code, refused.received.map(({ path }) => path)]).toEqual([1, ['/v1/config-revisions/6/rollback?dryRun=true']])
    const { code, out, received } = await config(routes, args, { answers: ['yes'] })
    expect([code, received.map(({ path }) => path)]).toEqual([
      0,
      ['/v1/config-revisions/6/rollback?dryRun=true', '/v1/config-revisions/6/rollback'],
    ])
    expect(out).toContain('Rolled back: revision 8 is in force, as revision 6 declared it.')
  })

  it('are gone back to only as was shown', async ({ expect }) => {
    const rollback: Handler = ({ path }) =>
      path.endsWith('?dryRun=true')
        ? { body: PLAN }
        : { status: 412, body: { status: 412, title: 'x', detail: 'Revision 8 is in force.' } }
    const routes = { 'POST /v1/config-revisions/6/rollback': rollback }
    const { code, err, received } = await config(routes, ['rollback', '6', '--reason', 'it broke', '--yes'])
    expect([code, received.at(-1)?.body]).toEqual([1, { reason: 'it broke', baseRevision: PLAN.baseRevision }])
    expect(err).toContain('Revision 8 is in force.')
  })
})
