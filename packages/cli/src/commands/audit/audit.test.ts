import { deriveAuditKey } from '@orchestrator/shared/audit/signing-key'
import { signHead } from '@orchestrator/shared/audit/signed-head'
import { chainOf, exportOf } from '@orchestrator/shared/testing/audit-export'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest'
import { type FakeControl, type Handler, problem, type Reply, startFakeControl } from '../../testing/fake-control.ts'
import { runCli, type World } from '../../testing/run-cli.ts'

const key = await deriveAuditKey('a secret text')
const chain = await chainOf([{ reason: 'one\u2028line' }, { reason: 'é 👍' }, { target: 'provider:x' }, {}])
const lines = await exportOf(chain, { key, signed: 3 })
const head = await signHead(key, chain[3]!, Date.parse('2026-11-30T11:59:00Z'))
const whole = `${lines.join('\n')}\n`

let folder: string
let control: FakeControl | undefined
const at = (name: string): string => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orc-audit-'))
  await writeFile(at('key.json'), JSON.stringify(key.publicKey))
  await writeFile(at('whole.jsonl'), whole)
})
afterAll(() => rm(folder, { recursive: true, force: true }))
afterEach(async () => {
  await control?.stop()
  control = undefined
})

async function audit(routes: Record<string, Handler | Reply>, args: string[], world: World = {}) {
  await control?.stop()
  control = await startFakeControl(routes)
  return { ...(await runCli(['audit', ...args], { ...world, env: { ORC_URL: control.url } })), received: control.received }
}

describe('orc audit export', () => {
  const exporting = { 'GET /v1/audit/export': { body: whole } }

  it('streams to stdout, or to a file that only you may read', async ({ expect }) => {
    expect(await audit(exporting, ['export'])).toMatchObject({
      code: 0,
      out: whole,
      received: [{ path: '/v1/audit/export?format=jsonl' }],
    })
    const { code, out } = await audit(exporting, ['export', at('new.jsonl'), '--json'])
    expect([code, JSON.parse(out)]).toEqual([
      0,
      { file: at('new.jsonl'), format: 'jsonl', bytes: Buffer.byteLength(whole), lines: lines.length },
    ])
    expect(await readFile(at('new.jsonl'), 'utf8')).toBe(whole)
    expect((await stat(at('new.jsonl'))).mode & 0o777).toBe(0o600)
  })

  it('passes filters on, with times of people', async ({ expect }) => {
    const asked = ['--actor', 'a@b.c', '--action', 'provider.*', '--from', '24h', '--to', '2026-11-30', '--format', 'csv']
    const { received } = await audit(exporting, ['export', ...asked])
    const query = new URLSearchParams(received[0]?.path.split('?')[1])
    expect(Object.fromEntries(query)).toEqual({
      actor: 'a@b.c',
      action: 'provider.*',
      from: '2026-11-29T12:00:00.000Z',
      to: '2026-11-30T00:00:00.000Z',
      format: 'csv',
    })
    for (const wrong of [['--action', 'Provider'], ['--from', 'yesterday'], ['--format', 'xml'], ['--json']]) {
      expect((await audit(exporting, ['export', ...wrong])).code, wrong.join(' ')).toBe(2)
    }
  })

  it('leaves nothing behind when it breaks off, however that looks', async ({ expect }) => {
    const before = (await readdir(folder)).sort()
    const broken: Handler = (_request, response) => {
      response.writeHead(200)
      response.write(lines[0])
      setImmediate(() => response.destroy())
    }
    for (const route of [broken, { body: `${lines.slice(0, -1).join('\n')}\n` }, problem(403, 'forbidden', 'Only auditors.')]) {
      const { code } = await audit({ 'GET /v1/audit/export': route }, ['export', at('broken.jsonl')])
      expect(code).toBe(1)
    }
    expect((await readdir(folder)).sort()).toEqual(before)
  })

  it('shows on a terminal how far it is', async ({ expect }) => {
    const { err } = await audit(exporting, ['export', at('shown.jsonl')], { columns: 200 })
    expect(err).toContain('6 lines, 0.0 MB')
    expect(err.endsWith('\r\u001B[K')).toBe(true)
  })
})

describe('orc audit verify FILE', () => {
  const verify = (file: string, ...more: string[]) => runCli(['audit', 'verify', at(file), ...more])

  it('says what a whole file proves, and what it does not', async ({ expect }) => {
    const alone = await verify('whole.jsonl')
    expect(alone.code).toBe(0)
    expect(alone.out).toContain('whole.jsonl has 4 rows, as the service wrote them.')
    expect(alone.out).toContain('Note: The public key came with the file')
    const pinned = await verify('whole.jsonl', '--public-key', at('key.json'))
    expect(pinned.out).toContain(`sealed by  key ${key.keyId}, which is the one you gave`)
    expect(pinned.out).not.toContain('Note')
    expect(JSON.parse((await verify('whole.jsonl', '--json')).out)).toMatchObject({ ok: true, rows: 4, trusted: false })
  })

  it('finds a change, and says where', async ({ expect }) => {
    await writeFile(at('changed.jsonl'), whole.replace('provider:x', 'provider:y'))
    const { code, out } = await verify('changed.jsonl')
    expect(code).toBe(3)
    expect(out).toContain('changed.jsonl:4: Row 3 was changed: its hash does not fit it.\n  2 rows before that are in order.')
    const json = await verify('changed.jsonl', '--json')
    expect([json.code, JSON.parse(json.out)]).toMatchObject([3, { ok: false, problem: { kind: 'content', line: 4, seq: 3 } }])
  })

  it('finds whatever is done to the ends of lines and of the file', async ({ expect }) => {
    for (const [name, text] of [
      ['a carriage return', whole.replace('\n', '\r\n')],
      ['a byte order mark', `\uFEFF${whole}`],
      ['a blank line', whole.replace('\n', '\n\n')],
      ['a line after the end', `${whole}x`],
      ['two line ends at the end', `${whole}\n`],
      ['no last line', `${lines.slice(0, -1).join('\n')}\n`],
      ['nothing', ''],
    ] as const) {
      await writeFile(at('ends.jsonl'), text)
      expect((await verify('ends.jsonl')).code, name).toBe(3)
    }
    await writeFile(at('ends.jsonl'), whole.slice(0, -1))
    expect((await verify('ends.jsonl')).code, 'no line end at the end').toBe(0)
  })

  it('refuses a file sealed with another key than those you keep', async ({ expect }) => {
    const other = await deriveAuditKey('another text')
    await writeFile(at('other.json'), JSON.stringify({ keyId: other.keyId, publicKey: other.publicKey }))
    const { code, out } = await verify('whole.jsonl', '--public-key', at('other.json'))
    expect([code, out.includes(`sealed with the key ${key.keyId}`)]).toEqual([3, true])
    expect((await verify('whole.jsonl', '--public-key', at('other.json'), '--public-key', at('key.json'))).code).toBe(0)
    expect((await verify('whole.jsonl', '--public-key', at('whole.jsonl'))).err).toContain('holds no public key')
    expect((await verify('none.jsonl')).code).toBe(1)
    expect(await verify('')).toMatchObject({ code: 1, err: `orc: ${at('')}: this is a folder\n` })
  })
})

describe('orc audit verify', () => {
  const signedHead = { seq: 4, at: '2026-11-30T11:59:00.000Z', keyId: key.keyId }
  const page = (after: number, next: number | null) => ({
    body: { ok: true, checked: 2, head: { seq: after + 2, hash: chain[after + 1]?.hash }, next, signedHead, note: null },
  })
  const routes = (second: Reply): Record<string, Handler | Reply> => ({
    'GET /v1/audit/head': { body: { head, unsigned: 0, publicKey: key.publicKey } },
    'GET /v1/audit/verify': ({ path }) => (path.endsWith('after=0') ? page(0, 2) : second),
  })

  it('asks piece by piece', async ({ expect }) => {
    const { code, out, err, received } = await audit(routes(page(2, null)), ['verify', '--public-key', at('key.json')], {
      columns: 200,
    })
    expect(code).toBe(0)
    expect(out).toContain('4 rows up to row 4.\nRow 4 was signed 2026-11-30 11:59:00 UTC')
    expect(err).toContain('50 %  2/4 rows')
    expect(received.map(({ path }) => path)).toEqual(['/v1/audit/head', '/v1/audit/verify?after=0', '/v1/audit/verify?after=2'])
  })

  it('ends with 3 where it is broken', async ({ expect }) => {
    const body = { ok: false, checked: 1, seq: 4, broken: 'content', message: 'Row 4 was changed.' }
    const { code, out } = await audit(routes({ body }), ['verify'])
    expect([code, out]).toEqual([3, 'Broken at row 4: Row 4 was changed. (content)\n'])
    expect(JSON.parse((await audit(routes({ body }), ['verify', '--json'])).out)).toEqual({ ...body, checked: 3 })
  })

  it('believes no head that another key signed', async ({ expect }) => {
    const { publicKey } = await deriveAuditKey('another text')
    await writeFile(at('another.json'), JSON.stringify(publicKey))
    const { code, out } = await audit(routes(page(2, null)), ['verify', '--public-key', at('another.json')])
    expect([code, out.includes('which is none of those you gave')]).toEqual([3, true])
  })

  it('has a key to keep elsewhere', async ({ expect }) => {
    const { out, err } = await audit(routes(page(2, null)), ['key'])
    expect([JSON.parse(out), err]).toEqual([key.publicKey, `key ${key.keyId}\n`])
  })
})
