import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { ConfigInUse } from '@orchestrator/shared/contracts/config-document'
import type { InUseDeps } from './in-use-deps.ts'

interface Deps extends InUseDeps {
  configInForce(): Promise<ConfigSnapshot>
}

/**
 * Which revision each Worker works with. Each answers for one of its isolates: an idle one takes the newest before its next work.
 * Control reads the newest with every change.
 */
export async function getConfigInUse(deps: Deps): Promise<ConfigInUse> {
  const [{ revision }, ingress, execution] = await Promise.all([
    deps.configInForce(),
    deps.revisionOf('ingress'),
    deps.revisionOf('execution'),
  ])
  return {
    inForce: revision,
    workers: [
      { worker: 'ingress', revision: ingress },
      { worker: 'execution', revision: execution },
      { worker: 'control', revision },
    ],
  }
}
