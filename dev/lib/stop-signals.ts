/** After this the process ends whatever hangs, ms. */
const HARD_STOP_MS = 4_000

/** Ends the process on SIGINT, SIGTERM and SIGHUP: `stop` first, then exit with `exitCode`. A stop that hangs is cut off. */
export function onStopSignal(stop: () => Promise<void>, exitCode = 0): void {
  let stopping = false
  const exit = (): never => process.exit(exitCode)
  const handle = (): void => {
    if (stopping) return
    stopping = true
    setTimeout(exit, HARD_STOP_MS).unref()
    stop().then(exit, exit)
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, handle)
}
