import { withDeadline } from '@orchestrator/shared/core/clock'
import { AppError } from '@orchestrator/shared/core/errors'
import { payload } from '../deadlines.ts'
import type { ControlEnv } from '../env.ts'

const WRITE_DEADLINE_MS = 5_000

/** What operators' actions on jobs need beside the database. */
export interface JobDeps {
  /** An input that is too large for its job's row; `undefined` when it is gone. @throws AppError 503 */
  readJobInput(key: string): Promise<string | undefined>
  /** @throws AppError 503 */
  writeJobInput(key: string, text: string): Promise<void>
  /** A fencing token that nobody has. */
  newToken(): string
}

export function createJobDeps(env: ControlEnv): JobDeps {
  return {
    readJobInput: (key) => payload(async () => (await env.PAYLOADS.get(key))?.text()),
    async writeJobInput(key, text) {
      try {
        await withDeadline(env.PAYLOADS.put(key, text), WRITE_DEADLINE_MS, 'R2')
      } catch (cause) {
        throw new AppError('unavailable', 'Large inputs cannot be stored right now.', { cause, retryAfterSeconds: 5 })
      }
    },
    newToken: () => crypto.randomUUID(),
  }
}
