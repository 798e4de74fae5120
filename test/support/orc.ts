import { execFile } from 'node:child_process'
import { join } from 'node:path'

const MAIN = join(import.meta.dirname, '../../packages/cli/src/main.ts')
const DEADLINE_MS = 60_000

export interface Ran {
  code: number
  out: string
  err: string
}

/** Runs `orc` as a person would: a process of its own, against the stack on this port. */
export function orc(port: number, args: readonly string[], options: { as?: string; cwd?: string } = {}): Promise<Ran> {
  const as = options.as ?? 'admin@example.com'
  const env = { PATH: process.env.PATH, ORC_URL: `http://control.localhost:${port}` }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [MAIN, ...args, '--as', as],
      { env, timeout: DEADLINE_MS, maxBuffer: 64 << 20, ...(options.cwd ? { cwd: options.cwd } : {}) },
      (error, out, err) => resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    )
  })
}

/** The result of a command with `--json`; fails with what it said when it did not end well. */
export async function orcJson<T>(port: number, args: readonly string[]): Promise<T> {
  const { code, out, err } = await orc(port, [...args, '--json'])
  if (code !== 0) throw new Error(`orc ${args.join(' ')} ended with ${code}: ${err}`)
  return JSON.parse(out) as T
}
