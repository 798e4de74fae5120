import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Runtime, type RuntimeOptions, startRuntime } from '@orchestrator/dev/runtime/start-runtime'

export interface Stack {
  port: number
  runtime: Runtime
  stop(): Promise<void>
}

/** The whole stack on a free port and a state of its own, removed at the end. */
export async function startStack(options: Partial<RuntimeOptions> = {}): Promise<Stack> {
  const stateDir = mkdtempSync(join(tmpdir(), 'orchestrator-test-'))
  const runtime = await startRuntime({ port: 0, stateDir, logLevel: 'silent', print: () => undefined, ...options })
  return {
    port: runtime.port,
    runtime,
    async stop() {
      await runtime.stop()
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
}
