import { Miniflare } from 'miniflare'
import { rememberSignalListeners } from '@orchestrator/dev/lib/signal-listeners'
import { databases, migrate } from '@orchestrator/dev/runtime/migrate'
import { stackOptions } from '@orchestrator/dev/runtime/options'
import { freePort } from '@orchestrator/dev/runtime/ports'
import { seed } from '@orchestrator/dev/runtime/seed'
import { findWorkerd, guardWorkerd } from '@orchestrator/dev/runtime/workerd-process'
import type { WorkerName } from '@orchestrator/dev/runtime/workers'
import type { ConfigBindings } from '@orchestrator/shared/config/snapshot-store'

export interface Alone {
  port: number
  /** Of its workerd, whose CPU time is the Worker's and that of its databases and queues. */
  pid: number
  mf: Miniflare
  stop(): Promise<void>
}

/**
 * One Worker with its real bindings in a workerd of its own: no gateway before it, no crons, and nobody consumes its queues.
 * Databases are migrated and the configuration of development is seeded, as for the whole stack.
 */
export async function startAlone(name: WorkerName, options: { main?: string; stateDir: string }): Promise<Alone> {
  const port = await freePort()
  const entrypoints = options.main === undefined ? {} : { [name]: options.main }
  const stack = await stackOptions({
    port,
    stateDir: options.stateDir,
    accessKey: '{}',
    overrides: {},
    entrypoints,
    onLog: () => undefined,
  })
  const worker = stack.workers.find(({ config }) => config?.name === name)
  if (!worker) throw new Error(`the stack has no ${name}`)
  delete worker.dev?.outboundService
  const signals = rememberSignalListeners()
  const mf = new Miniflare({ ...stack, workers: [worker] })
  await mf.ready
  signals.forgetNewer()
  const callOffGuard = guardWorkerd(port)
  for (const { binding, migrations } of databases()) {
    if (binding in (worker.config?.env ?? {})) await migrate(await mf.getD1Database(binding, name), migrations)
  }
  await seed(await mf.getBindings<ConfigBindings>(name), port, Date.now())
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
