/** After this the process ends whatever hangs, ms. */
const HARD_STOP_MS = 4_000

/**
 * Ends the process well on SIGINT and SIGTERM: `stop` first, then exit 0. A stop that hangs is cut off.
 * Answers a promise that resolves with the first signal, for who has to stop something that is still starting.
 */
export function onStopSignal(stop: () => Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    let stopping = false
    const handle = (): void => {
      resolve()
      if (stopping) return
      stopping = true
      setTimeout(() => process.exit(0), HARD_STOP_MS).unref()
      stop().then(
        () => process.exit(0),
        () => process.exit(0),
      )
    }
    process.on('SIGINT', handle)
    process.on('SIGTERM', handle)
    process.on('SIGHUP', handle)
  })
}
