import type { Run } from './fleet.ts'
import type { Scenario } from './scenario.ts'

/** Adding milliseconds that are no whole numbers may round, ms. */
const ROUNDING_MS = 1e-6

/** What must hold in every run; answers what does not. */
export function violations({ policy }: Scenario, { made }: Run): string[] {
  const { rateLimit, concurrency, circuitBreaker } = policy
  const found: string[] = []
  if (rateLimit) {
    const { limit, burst, perMs } = rateLimit
    const starts = made.map(({ startedAt }) => startedAt)
    const most = mostInWindow(starts, perMs)
    if (most > limit + burst) found.push(`${most} calls in a window of ${perMs} ms, where ${limit} + ${burst} are allowed`)
  }
  if (concurrency) {
    const most = mostInFlight(made)
    if (most > concurrency.limit) found.push(`${most} calls in flight, where ${concurrency.limit} are allowed`)
  }
  if (circuitBreaker) {
    const most = mostInFlight(made.filter(({ trial }) => trial))
    if (most > circuitBreaker.halfOpenCalls)
      found.push(`${most} trials in flight, where ${circuitBreaker.halfOpenCalls} are allowed`)
  }
  return found
}

/** The most of the times, which are in order, that fall into one half-open window. */
function mostInWindow(times: readonly number[], windowMs: number): number {
  let most = 0
  let from = 0
  times.forEach((time, i) => {
    while (time - (times[from] ?? 0) >= windowMs - ROUNDING_MS) from++
    most = Math.max(most, i - from + 1)
  })
  return most
}

/** One that ends when another begins is gone before. */
function mostInFlight(calls: readonly { startedAt: number; endedAt: number }[]): number {
  const steps = calls.flatMap(({ startedAt, endedAt }) => [
    { at: startedAt, by: 1 },
    { at: endedAt, by: -1 },
  ])
  steps.sort((one, other) => one.at - other.at || one.by - other.by)
  let now = 0
  let most = 0
  for (const { by } of steps) {
    now += by
    most = Math.max(most, now)
  }
  return most
}
