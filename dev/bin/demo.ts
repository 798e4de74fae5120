import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tellStory } from '../demo/story.ts'
import { createStoryteller } from '../demo/storyteller.ts'
import { addresses } from '../lib/addresses.ts'
import { localFetch } from '../lib/local-fetch.ts'
import { readArgs } from '../lib/read-args.ts'
import { stackSettings } from '../lib/settings.ts'
import { StackClient } from '../lib/stack-client.ts'
import { onStopSignal } from '../lib/stop-signals.ts'
import { until } from '../lib/until.ts'
import { type Runtime, startRuntime } from '../runtime/start-runtime.ts'

const HELP = `pnpm demo: starts the whole stack and tells the Stripe story on it, step by step; then it stays up.

  --once      a free port and a temporary state; ends with 0, or with 1 and the name of the step that failed
  PORT, STATE_DIR   as for pnpm dev (not with --once)`

const READY_DEADLINE_MS = 30_000

const { values } = readArgs(HELP, { options: { help: { type: 'boolean', short: 'h' }, once: { type: 'boolean' } } })
if (values.help) console.log(HELP)
else await main(values.once ?? false)

async function main(once: boolean): Promise<void> {
  let runtime: Runtime | undefined
  let stateDir: string | undefined
  const cleanUp = async (): Promise<void> => {
    await runtime?.stop()
    if (once && stateDir) await rm(stateDir, { recursive: true, force: true })
  }
  // A story that was cut short does not hold.
  onStopSignal(cleanUp, once ? 1 : 0)
  let failed = false
  try {
    const teller = createStoryteller((line) => console.log(line))
    const startedAt = performance.now()
    runtime = await teller.step('The whole stack starts: four Workers, their databases and queues', async (tell) => {
      const settings = once
        ? { port: 0, stateDir: await mkdtemp(join(tmpdir(), 'orchestrator-demo-')) }
        : stackSettings(process.env)
      stateDir = settings.stateDir
      const started = await startRuntime({ ...settings, logLevel: 'silent' })
      runtime = started
      await until('everything is ready', () => isReady(started.url), { timeoutMs: READY_DEADLINE_MS })
      tell(`${started.url}/readyz → ready, configuration revision ${started.configRevision}`)
      return started
    })
    await tellStory(teller, new StackClient(runtime.port))
    console.log(`\nThe whole story holds (${((performance.now() - startedAt) / 1_000).toFixed(1)} s).`)
  } catch (error) {
    failed = true
    console.error(`\n${error instanceof Error ? error.message : String(error)}`)
  }
  if (!once && !failed && runtime) {
    console.log(`\n${addresses(runtime.port)}\n\nIt stays up; Ctrl-C ends it.`)
    return
  }
  await cleanUp()
  process.exit(failed ? 1 : 0)
}

async function isReady(url: string): Promise<true> {
  const answer = await localFetch(`${url}/readyz`)
  if (answer.ok) return true
  throw new Error(await answer.text())
}
