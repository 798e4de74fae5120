import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Asks again and again until the answer is there; rejects after `timeoutMs`, naming `what` and the last reason. `ask` answers
 * `undefined`, or throws, for “not yet”.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  options: { timeoutMs: number; everyMs?: number },
): Promise<T> {
  const deadline = performance.now() + options.timeoutMs
  let reason = 'it did not happen'
  for (;;) {
    try {
      const answer = await ask()
      if (answer !== undefined) return answer
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error)
    }
    if (performance.now() >= deadline) throw new Error(`${what}: not within ${options.timeoutMs / 1_000} s (${reason})`)
    await sleep(options.everyMs ?? 100)
  }
}
