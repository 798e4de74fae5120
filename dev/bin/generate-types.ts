import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { readArgs } from '../lib/read-args.ts'
import { ROOT } from '../lib/root.ts'

const HELP = `pnpm generate:types [--check]: the types of each Worker's bindings, from its wrangler file.

  --check   changes nothing; ends with 1 when a file is stale`

/** Each Worker's interface has a name of its own, so that two files in one program do not merge. */
const WORKERS = { ingress: 'IngressEnv', execution: 'ExecutionEnv', control: 'ControlEnv', console: 'ConsoleEnv' } as const

const { values } = readArgs(HELP, { options: { help: { type: 'boolean', short: 'h' }, check: { type: 'boolean' } } })
if (values.help) console.log(HELP)
else {
  const results = await Promise.all(
    Object.entries(WORKERS).map(([worker, name]) => generate(worker, name, values.check ?? false)),
  )
  for (const { worker, ok, output } of results) {
    console.log(ok ? `✓ workers/${worker}/worker-configuration.d.ts` : `✗ workers/${worker}/worker-configuration.d.ts\n${output}`)
  }
  if (results.some(({ ok }) => !ok)) {
    console.error(values.check ? 'Stale: run pnpm generate:types' : 'wrangler types failed')
    process.exitCode = 1
  }
}

async function generate(worker: string, name: string, check: boolean): Promise<{ worker: string; ok: boolean; output: string }> {
  const args = ['types', 'worker-configuration.d.ts', '-c', 'wrangler.toml', '--include-runtime=false', '--env-interface', name]
  const child = spawn(
    process.execPath,
    [join(ROOT, 'node_modules/wrangler/bin/wrangler.js'), ...args, ...(check ? ['--check'] : [])],
    {
      cwd: join(ROOT, 'workers', worker),
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false', CI: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    },
  )
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      output.push(Buffer.from(error.message))
      resolve(null)
    })
    child.once('close', resolve)
  })
  return { worker, ok: code === 0, output: Buffer.concat(output).toString() }
}
