import type { Faults } from './faults.ts'
import type { Rng } from './random.ts'
import type { Scheduler } from './scheduler.ts'

/** What every part of the simulated world shares. */
export interface Core {
  rng: Rng
  scheduler: Scheduler
  /** What may go wrong now; nothing, once the world is to come to rest. */
  faults: Faults
  trace(line: string): void
  /** Something is wrong: the run ends with this. */
  fail(violation: string): void
}
