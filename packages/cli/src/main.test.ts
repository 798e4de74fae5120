import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'vitest'

const MAIN = join(import.meta.dirname, 'main.ts')

/** Runs the program itself; `read` false closes its stdout at once, as `head` would. */
async function orc(args: string[], env: Record<string, string> = {}, read = true) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, err] = ['', '']
  if (read) child.stdout.on('data', (data: Buffer) => (out += data.toString()))
  else child.stdout.destroy()
  child.stderr.on('data', (data: Buffer) => (err += data.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, out, err }
}

describe('orc', { timeout: 30_000 }, () => {
  it('tells its version, and explains itself and each of its commands with examples', async ({ expect }) => {
    expect(await orc(['--version'])).toEqual({ code: 0, out: '0.1.0\n', err: '' })
    const [whole, one] = await Promise.all([orc(['--help']), orc(['config', 'apply', '--help'])])
    expect([whole.code, whole.err, one.code, one.err]).toEqual([0, '', 0, ''])
    expect(whole.out).toContain('orc dlq replay --connector billing')
    for (const text of ['Usage: orc config apply', '--reason <text>', '--json', 'Examples:']) expect(one.out).toContain(text)
  })

  it('ends with 2 on a command line that it does not understand, without a stack trace', async ({ expect }) => {
    const unknown = await orc(['config', 'pul'])
    expect(unknown).toMatchObject({ code: 2, out: '' })
    expect(unknown.err).toBe(
      "orc: unknown command 'pul' (Did you mean pull?)\n→ orc --help, and --help of each command, tell more.\n",
    )
    const json = await orc(['config', 'apply', 'x.yaml', '--json'])
    expect([json.code, JSON.parse(json.err)]).toMatchObject([
      2,
      { code: 'usage', title: "required option '--reason <text>' not specified" },
    ])
    expect(await orc([])).toMatchObject({ code: 2, out: '' })
  })

  it('says nothing when whoever reads it has gone', async ({ expect }) => {
    expect(await orc(['--help'], {}, false)).toMatchObject({ code: 0, err: '' })
  })
})
