import { addresses } from '../lib/addresses.ts'
import { readArgs } from '../lib/read-args.ts'
import { stackSettings } from '../lib/settings.ts'
import { onStopSignal } from '../lib/stop-signals.ts'
import { type Runtime, startRuntime } from '../runtime/start-runtime.ts'
import { sourceFolders, watchSources } from '../runtime/watch.ts'

const HELP = `pnpm dev: the whole local stack in one process, on loopback.

  PORT        where it listens (8787; 0 takes a free one)
  STATE_DIR   where databases, objects and keys are kept (.state/dev); delete it to begin anew
  --quiet     only warnings and errors of the Workers

It reloads when a source changes, and stops on Ctrl-C.`

const { values } = readArgs(HELP, { options: { help: { type: 'boolean', short: 'h' }, quiet: { type: 'boolean' } } })
if (values.help) console.log(HELP)
else await main(values.quiet ?? false)

async function main(quiet: boolean): Promise<void> {
  let runtime: Runtime | undefined
  let stopWatching: (() => void) | undefined
  let stopped = false
  onStopSignal(async () => {
    stopped = true
    stopWatching?.()
    await runtime?.stop()
  })
  try {
    runtime = await startRuntime({ ...stackSettings(process.env), logLevel: quiet ? 'warn' : 'info' })
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exit(1)
  }
  const { port, reload, stop } = runtime
  if (stopped) return stop()
  stopWatching = watchSources(sourceFolders(), reload, (line) => console.log(line))
  console.log(addresses(port))
}
