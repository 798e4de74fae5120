import type { Readyz } from '@orchestrator/shared/contracts/health'
import { type Clock, withDeadline } from '@orchestrator/shared/core/clock'
import { errorMessage } from '@orchestrator/shared/core/errors'

type Dependency = Readyz['dependencies'][number]

/** Longer than a healthy dependency ever takes, short enough for a probe. */
const CHECK_TIMEOUT_MS = 2_000

export interface ReadinessDeps {
  /** Each answers `true` when the dependency works; whatever it throws is the reason that it does not. */
  checkAssets: () => Promise<boolean>
  checkControl: () => Promise<boolean>
  now: Clock
}

/** The web app itself is what the console cannot do without; without control it still explains what is wrong. */
export async function checkReadiness(deps: ReadinessDeps): Promise<Readyz> {
  const dependencies = await Promise.all([
    check('assets', true, deps.checkAssets, deps.now),
    check('control', false, deps.checkControl, deps.now),
  ])
  const down = dependencies.filter((dependency) => dependency.status === 'down')
  const status = down.some((dependency) => dependency.required) ? 'unavailable' : down.length > 0 ? 'degraded' : 'ready'
  return { status, worker: 'console', configRevision: null, dependencies }
}

async function check(name: string, required: boolean, probe: () => Promise<boolean>, now: Clock): Promise<Dependency> {
  const startedAt = now()
  const result = await withDeadline(probe(), CHECK_TIMEOUT_MS, name).then(
    (works) => (works ? null : 'answered, but not as it should'),
    (thrown: unknown) => errorMessage(thrown),
  )
  return { name, required, status: result === null ? 'up' : 'down', latencyMs: now() - startedAt, detail: result }
}
