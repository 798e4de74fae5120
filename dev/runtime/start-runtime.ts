import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Miniflare } from 'miniflare'
import type { ConfigBindings } from '@orchestrator/shared/config/snapshot-store'
import { rememberSignalListeners } from '../lib/signal-listeners.ts'
import { accessKey } from './access-key.ts'
import { buildConsole } from './console-assets.ts'
import { startCrons } from './crons.ts'
import { formatLog, isWorthShowing, type LogLine } from './logs.ts'
import { databases, migrate } from './migrate.ts'
import { stackOptions, type StackSettings } from './options.ts'
import { claimState } from './state-claim.ts'
import { freePort, refuseBusyPort } from './ports.ts'
import { seed } from './seed.ts'
import { guardWorkerd } from './workerd-process.ts'
import type { Bindings, WorkerName } from './workers.ts'

// Calls home that only fail, or tell others what nobody asked for.
process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false'
process.env.WRANGLER_SEND_METRICS = 'false'

export interface RuntimeOptions {
  /** 0 takes a free one. */
  port: number
  /** Databases, objects and keys are kept here, and found again by the next start. */
  stateDir: string
  /** Variables and Worker secrets that differ from the values of development. */
  overrides?: Partial<Record<WorkerName, Bindings>>
  /** A binding to a secret of a Secrets Store, by Worker. Development has none. */
  storeBindings?: Partial<Record<WorkerName, string>>
  /** Other mains for Workers, absolute paths: a wrapper that imports the real one and injects faults. */
  entrypoints?: Partial<Record<WorkerName, string>>
  /** `warn` by default: warnings and errors of the Workers. `silent` also hides those. */
  logLevel?: 'silent' | 'warn' | 'info' | 'debug'
  /** Where lines go; the terminal by default. */
  print?: (line: string) => void
  /** Takes every line of the Workers as it is, whatever the level. */
  onLog?: (line: LogLine) => void
}

export interface Runtime {
  /** `http://localhost:<port>` */
  url: string
  port: number
  mf: Miniflare
  /** Revision of the configuration in force after the seed. */
  configRevision: number
  /** Fires every cron once, and waits for it. Crons also fire by themselves every 5 s. */
  tick: () => Promise<void>
  /** Bundles all sources anew and restarts the Workers; rejects, and keeps what runs, when they do not compile. */
  reload: () => Promise<void>
  /** Kills the Workers at whatever they do, and starts them again as they were. What only their memory held is gone. */
  restart: () => Promise<void>
  stop: () => Promise<void>
}

/** Starts the whole stack in one process, on loopback: migrations applied, configuration seeded, crons firing. */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const print = options.print ?? ((line: string) => console.log(line))
  const stateDir = resolve(options.stateDir)
  await mkdir(stateDir, { recursive: true })
  const port = options.port === 0 ? await freePort() : options.port
  const claim = await claimState(stateDir, port)
  try {
    await refuseBusyPort(port)
    const overrides = options.overrides ?? {}
    const entrypoints = options.entrypoints ?? {}
    const show = logHandler(options.logLevel ?? 'warn', print)
    const onLog = (line: LogLine): void => {
      options.onLog?.(line)
      show(line)
    }
    const storeBindings = options.storeBindings ?? {}
    const settings: StackSettings = {
      port,
      stateDir,
      overrides,
      entrypoints,
      storeBindings,
      onLog,
      accessKey: await accessKey(stateDir),
    }
    const assets = async (): Promise<void> => (entrypoints['orchestrator-console'] ? undefined : buildConsole(print))
    await assets()
    let running = await stackOptions(settings)
    const signals = rememberSignalListeners()
    const mf = new Miniflare(running)
    try {
      await mf.ready
      signals.forgetNewer()
      let callOffGuard = guardWorkerd(port)
      const configRevision = await prepare(mf, port)
      const crons = startCrons(mf, print)
      const replace = async (next: typeof running): Promise<void> => {
        callOffGuard()
        try {
          await mf.setOptions(next)
          running = next
        } catch (error) {
          // It compiles, but does not load: go back to what ran before.
          await mf.setOptions(running)
          throw error
        } finally {
          callOffGuard = guardWorkerd(port)
        }
      }
      return {
        url: `http://localhost:${port}`,
        port,
        mf,
        configRevision,
        tick: () => crons.tick(),
        async reload() {
          await assets()
          await replace(await stackOptions(settings))
        },
        restart: () => replace(running),
        async stop() {
          crons.stop()
          callOffGuard()
          await mf.dispose()
          await claim.release()
        },
      }
    } catch (error) {
      await mf.dispose()
      throw error
    }
  } catch (error) {
    await claim.release()
    throw error
  }
}

/** Brings the databases up to date, and puts the configuration and the people of development there. */
async function prepare(mf: Miniflare, port: number): Promise<number> {
  for (const { worker, binding, migrations } of databases()) {
    await migrate(await mf.getD1Database(binding, worker), migrations)
  }
  const bindings = await mf.getBindings<ConfigBindings>('orchestrator-execution')
  return seed(bindings, port, Date.now())
}

function logHandler(level: NonNullable<RuntimeOptions['logLevel']>, print: (line: string) => void): (line: LogLine) => void {
  const colour = process.stdout.isTTY && process.env.NO_COLOR === undefined
  return (line) => {
    if (level === 'silent' || (level === 'warn' && line.level !== 'warn' && line.level !== 'error')) return
    if (level === 'debug' || isWorthShowing(line)) print(formatLog(line, colour))
  }
}
