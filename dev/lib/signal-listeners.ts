const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Remembers who listens for stop signals, to take later listeners away again. Miniflare adds some that end the process at
 * once, before anybody else could stop well and choose the exit code.
 */
export function rememberSignalListeners(): { forgetNewer: () => void } {
  const before = new Map(SIGNALS.map((name) => [name, new Set(process.listeners(name))]))
  return {
    forgetNewer() {
      for (const [name, known] of before) {
        for (const listener of process.listeners(name)) if (!known.has(listener)) process.off(name, listener)
      }
    },
  }
}
