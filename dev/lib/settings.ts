import { join } from 'node:path'
import { DEFAULT_PORT } from '../values.ts'
import { ROOT } from './root.ts'

/** Where the stack listens and keeps its state: `PORT` and `STATE_DIR`, or 8787 and `.state/dev`. Throws on a bad port. */
export function stackSettings(env: NodeJS.ProcessEnv): { port: number; stateDir: string } {
  const port = env.PORT ? Number(env.PORT) : DEFAULT_PORT
  if ((env.PORT && !/^\d+$/.test(env.PORT)) || port > 65_535)
    throw new Error(`PORT must be a number from 0 to 65535, not “${env.PORT}”`)
  return { port, stateDir: env.STATE_DIR || join(ROOT, '.state/dev') }
}
