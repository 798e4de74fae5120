import type { PolicyContext } from '@orchestrator/shared/policy/types'

/** Waits for work, at most `ms`. */
export async function settledWithin(timer: PolicyContext['timer'], work: Promise<unknown>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const cancel = timer(ms, resolve)
  await Promise.race([work, promise])
  cancel()
}
