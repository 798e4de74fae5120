import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localFetch, type LocalFetchInit } from '../lib/local-fetch.ts'
import { type Runtime, type RuntimeOptions, startRuntime } from '../runtime/start-runtime.ts'
import { localUrl } from '../values.ts'

const stub = join(import.meta.dirname, '../stub-worker/index.ts')

/** The product's Workers replaced by one that tells what reached it; gateway, access and billing are the real ones. */
export const STUBS: RuntimeOptions['entrypoints'] = {
  'orchestrator-ingress': stub,
  'orchestrator-execution': stub,
  'orchestrator-control': stub,
  'orchestrator-console': stub,
}

export interface StubStack {
  runtime: Runtime
  ask(part: string, path: string, init?: LocalFetchInit): Promise<Response>
  stop(): Promise<void>
}

/** A stack with stubs, on a free port and a temporary state. */
export async function startStubStack(options: Partial<RuntimeOptions> = {}): Promise<StubStack> {
  const stateDir = options.stateDir ?? (await temporaryFolder())
  const runtime = await startRuntime({ port: 0, stateDir, logLevel: 'silent', entrypoints: STUBS ?? {}, ...options })
  return {
    runtime,
    ask: (part, path, init) => localFetch((part === '' ? runtime.url : localUrl(part, runtime.port)) + path, init),
    async stop() {
      await runtime.stop()
      if (options.stateDir === undefined) await rm(stateDir, { recursive: true, force: true })
    },
  }
}

/** An empty folder of this test's own. */
export async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'orchestrator-dev-test-'))
}
