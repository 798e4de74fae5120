import { payload } from '../deadlines.ts'
import type { ControlEnv } from '../env.ts'

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
    writeJobInput: async (key, text) =>
      void (await payload(() => env.PAYLOADS.put(key, text), 'Large inputs cannot be stored right now.')),
    newToken: () => crypto.randomUUID(),
  }
}
