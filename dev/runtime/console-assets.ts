import { spawn } from 'node:child_process'
import { existsSync, globSync, statSync } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from '../lib/root.ts'
import { BuildError } from './bundle.ts'
import { isRunning } from './workerd-process.ts'

const CONSOLE = join(ROOT, 'workers/console')
const DIST = join(CONSOLE, 'dist')
/** Beside the packages: no tool looks there, and it is on the same disk as `dist`. */
const WORK = join(CONSOLE, 'node_modules/.console-build')
const SOURCES = [
  'workers/console/web/**/*',
  'workers/console/{package.json,vite.config.ts}',
  'packages/shared/src/contracts/**/*',
]
const BUILD_DEADLINE_MS = 180_000
/** Who made the folder writes its name into it at once. */
const OWNER_DEADLINE_MS = 2_000

/** Builds the web app when its build is missing or older than a source. Two processes at once: one builds, the other waits. */
export async function buildConsole(print: (line: string) => void): Promise<void> {
  if (isFresh()) return
  await mkdir(dirname(WORK), { recursive: true })
  await lock()
  try {
    if (isFresh()) return
    print('Building the console (its build is missing or older than its sources)…')
    const startedAt = performance.now()
    const built = join(WORK, 'dist')
    await runVite(['build', '--outDir', built, '--emptyOutDir', '--logLevel', 'warn'])
    await rm(join(WORK, 'old'), { recursive: true, force: true })
    if (existsSync(DIST)) await rename(DIST, join(WORK, 'old'))
    await rename(built, DIST)
    print(`Built the console in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s.`)
  } finally {
    await rm(WORK, { recursive: true, force: true })
  }
}

function isFresh(): boolean {
  const page = join(DIST, 'index.html')
  if (!existsSync(page)) return false
  const builtAt = statSync(page).mtimeMs
  return globSync(SOURCES, { cwd: ROOT }).every((file) => statSync(join(ROOT, file)).mtimeMs <= builtAt || isFolder(file))
}

function isFolder(file: string): boolean {
  return statSync(join(ROOT, file)).isDirectory()
}

/** Waits while another process builds; one that is gone does not count. */
async function lock(): Promise<void> {
  const owner = join(WORK, 'pid')
  for (;;) {
    try {
      await mkdir(WORK)
      return await writeFile(owner, String(process.pid))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const since = await stat(WORK).then(
      ({ birthtimeMs }) => Date.now() - birthtimeMs,
      () => 0,
    )
    const pid = Number(await readFile(owner, 'utf8').catch(() => '0'))
    const abandoned = pid === 0 ? since > OWNER_DEADLINE_MS : !isRunning(pid)
    if (abandoned || since > BUILD_DEADLINE_MS) await rm(WORK, { recursive: true, force: true })
    else await sleep(100)
  }
}

async function runVite(args: string[]): Promise<void> {
  const output: Buffer[] = []
  const child = spawn(join(CONSOLE, 'node_modules/.bin/vite'), args, {
    cwd: CONSOLE,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: BUILD_DEADLINE_MS,
    // The same Node as ours, whatever the PATH begins with.
    env: { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter), NODE_ENV: 'production' },
  })
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new BuildError(`vite build of the console failed:\n${Buffer.concat(output).toString()}`)
}
