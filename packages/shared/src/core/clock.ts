/** The time as an argument: ms since the epoch. */
export type Clock = () => number

/** Waits `ms`. Real code passes a timer, tests pass their own. */
export type Sleep = (ms: number) => Promise<void>

/** The real timer. */
export const sleep: Sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Calls back after `ms`; the answer cancels. */
export type Timer = (ms: number, callback: () => void) => () => void

/** The real one. */
export const startTimer: Timer = (ms, callback) => {
  const timer = setTimeout(callback, ms)
  return () => clearTimeout(timer)
}

/** Thrown by {@link withDeadline} when time ran out. The work may still finish later. */
export class DeadlineError extends Error {
  override name = 'DeadlineError'
}

/** Settles with `work`, or rejects with {@link DeadlineError} after `ms`. A late rejection of `work` is swallowed. */
export async function withDeadline<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(`${what} took longer than ${ms} ms`)), ms)
  })
  work.catch(() => undefined)
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}
