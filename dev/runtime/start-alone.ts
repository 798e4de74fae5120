import { Miniflare, Response } from 'miniflare'
import { rememberSignalListeners } from '../lib/signal-listeners.ts'
import { databases, migrate } from './migrate.ts'
import { stackOptions } from './options.ts'
import { freePort } from './ports.ts'
import { findWorkerd, guardWorkerd } from './workerd-process.ts'
import type { WorkerName } from './workers.ts'

export interface Alone {
  port: number
  /** Of its workerd, whose CPU time is the Worker's and that of its databases and queues. */
  pid: number
  mf: Miniflare
  stop(): Promise<void>
}

export interface AloneOptions {
  /** Another main, an absolute path: a wrapper that imports the real one. */
  main?: string
  stateDir: string
  /** What the world answers the Worker, `undefined`: 404. Without it, the Worker fetches for real. */
  outbound?: (url: string, body: string) => string | undefined | Promise<string | undefined>
}

/**
 * One Worker with its real bindings in a workerd of its own: no gateway before it, no crons, and nobody consumes its queues.
 * Databases are migrated, and empty: nothing is seeded.
 */
export async function startAlone(name: WorkerName, { main, stateDir, outbound }: AloneOptions): Promise<Alone> {
  const port = await freePort()
  const entrypoints = main === undefined ? {} : { [name]: main }
  const stack = await stackOptions({ port, stateDir, accessKey: '{}', overrides: {}, entrypoints, onLog: () => undefined })
  const worker = stack.workers.find(({ config }) => config?.name === name)
  if (!worker) throw new Error(`the stack has no ${name}`)
  delete worker.dev?.outboundService
  if (outbound) {
    const handler = async (request: { url: string; text(): Promise<string> }) => {
      const answer = await outbound(request.url, await request.text())
      return new Response(answer ?? null, { status: answer === undefined ? 404 : 200 })
    }
    worker.dev = { ...worker.dev, outboundService: { type: 'fetcher', handler } }
  }
  const signals = rememberSignalListeners()
  const mf = new Miniflare({ ...stack, workers: [worker] })
  await mf.ready
  signals.forgetNewer()
  const callOffGuard = guardWorkerd(port)
  for (const { binding, migrations } of databases()) {
    if (binding in (worker.config?.env ?? {})) await migrate(await mf.getD1Database(binding, name), migrations)
  }
  return {
    port,
    pid: findWorkerd(port)?.pid ?? 0,
    mf,
    async stop() {
      callOffGuard()
      await mf.dispose()
    },
  }
}
