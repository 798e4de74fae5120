import type { RetryPolicy } from '../contracts/policy.ts'
import { equalJitter, exponential, fullJitter } from '../core/backoff.ts'
import type { Random } from '../core/ids.ts'
import { askedWait } from './asked-wait.ts'
import type { CallEnd } from './types.ts'

/** When to try again. `delayMs` ≤ `capMs`, unless the upstream asked for more. */
export interface RetryDelay {
  delayMs: number
  capMs: number
}

/** The longest delay after attempt `attempt` (counted from 1), before jitter. */
export function delayCap(retry: RetryPolicy, attempt: number): number {
  switch (retry.backoff) {
    case 'exponential':
      return exponential(retry.baseMs, retry.maxMs, attempt - 1)
    case 'linear':
      return Math.min(retry.maxMs, retry.baseMs * attempt)
    case 'list': {
      const list = retry.listMs ?? []
      return Math.min(retry.maxMs, list[Math.min(attempt, list.length) - 1] ?? retry.baseMs)
    }
  }
}

/**
 * The delay after attempt `attempt`, which ended so. What the upstream asks for makes it longer, never shorter, and no longer
 * than the policy's cap for it.
 */
export function retryDelay(retry: RetryPolicy, attempt: number, end: CallEnd, now: number, random: Random): RetryDelay {
  const capMs = delayCap(retry, attempt)
  const asked = end.kind === 'answered' ? askedWait(end, retry, now) : undefined
  const floorMs = Math.min(asked ?? 0, retry.retryAfterCapMs)
  return { delayMs: Math.max(jittered(retry, capMs, random), floorMs), capMs: Math.max(capMs, floorMs) }
}

/** A delay as queues can keep it, ms: rounded up to the second, so that the log tells what happens and no attempt comes early. */
export function wholeSeconds(delayMs: number): number {
  return Math.ceil(delayMs / 1_000) * 1_000
}

function jittered(retry: RetryPolicy, capMs: number, random: Random): number {
  switch (retry.jitter) {
    case 'none':
      return capMs
    case 'full':
      return fullJitter(capMs, random)
    case 'equal':
      return equalJitter(capMs, random)
  }
}
