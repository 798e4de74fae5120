import { join } from 'node:path'
import {
  convertV4MiniflareOptions,
  Log,
  LogLevel,
  type MiniflareOptions,
  type V4WorkerOptions,
  type V4WorkerOptionsShape,
} from 'miniflare'
import { unstable_getMiniflareWorkerOptions as readWorkerOptions } from 'wrangler'
import { bundleWorker } from './bundle.ts'
import type { LogLine } from './logs.ts'
import { configPath } from './wrangler-config.ts'
import { type Bindings, developmentBindings, WORKERS, type WorkerName } from './workers.ts'

/** A named entrypoint of the gateway takes what the other Workers fetch, so that it cannot be mistaken for a request from outside. */
const OUTBOUND = { name: 'gateway', entrypoint: 'Outbound' }

/**
 * Miniflare's R2 passes every byte through JavaScript. With the young generation that V8 chooses by itself, twenty large bodies
 * at once leave 200 MiB of garbage in the runtime before any of it is collected.
 */
process.env.MINIFLARE_WORKERD_V8_FLAGS ??= '--max-semi-space-size=1'

export interface StackSettings {
  port: number
  stateDir: string
  accessKey: string
  overrides: Partial<Record<WorkerName, Bindings>>
  entrypoints: Partial<Record<WorkerName, string>>
  storeBindings?: Partial<Record<WorkerName, string>>
  onLog: (line: LogLine) => void
}

/** Miniflare's options for the whole stack, read from the real wrangler files, with all sources bundled anew. */
export async function stackOptions(settings: StackSettings): Promise<MiniflareOptions> {
  const development = developmentBindings(settings.port, settings.accessKey)
  const workers = await Promise.all(WORKERS.map(({ name, folder }) => workerOptions(name, folder, development[name], settings)))
  return convertV4MiniflareOptions({
    workers,
    host: '127.0.0.1',
    port: settings.port,
    cf: false,
    resourcePersistencePath: join(settings.stateDir, 'storage'),
    log: new Log(LogLevel.NONE),
    logRequests: false,
    telemetry: { enabled: false },
    handleStructuredLogs: settings.onLog,
  })
}

async function workerOptions(
  name: WorkerName,
  folder: string,
  development: Bindings,
  { overrides, entrypoints, storeBindings }: StackSettings,
): Promise<V4WorkerOptions> {
  const { workerOptions, main } = readWorkerOptions(configPath(folder))
  const options: V4WorkerOptionsShape = workerOptions
  const entrypoint = entrypoints[name] ?? main
  if (!entrypoint) throw new Error(`${folder}/wrangler.toml names no main`)
  const { assets, ...rest } = options
  const isConsole = name === 'orchestrator-console'
  const inStore = storeBindings?.[name]
  return {
    ...rest,
    name,
    modulesRules: undefined,
    modules: [{ type: 'ESModule', path: 'index.mjs', contents: await bundleWorker(entrypoint) }],
    bindings: { ...options.bindings, ...development, ...overrides[name] },
    ...(inStore ? { secretsStoreSecrets: { [inStore]: { store_id: 'store', secret_name: inStore } } } : {}),
    // Access' own paths lie under /cdn-cgi/, which Miniflare serves only for hosts that a route names.
    ...(name === 'gateway' ? { routes: ['*.localhost/*'] } : { outboundService: OUTBOUND }),
    ...(isConsole && !entrypoints[name] && assets ? { assets } : {}),
  }
}
