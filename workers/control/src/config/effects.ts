import { diffConfig } from '@orchestrator/shared/config/diff'
import type { ConfigContent } from '@orchestrator/shared/config/revision'
import type { ConfigChange, ConfigKind, DryRun } from '@orchestrator/shared/contracts/change'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { effectsOnCalls } from './effects/of-calls.ts'
import { effectsOnClients } from './effects/of-clients.ts'
import { effectsOnSecrets } from './effects/of-secrets.ts'
import { effectsOnSenders } from './effects/of-senders.ts'

/** What jobs pin. */
const PINNED: ReadonlySet<ConfigKind> = new Set(['connector', 'operation', 'policy', 'route'])

/** What operators do to a connector holds for every job at once. */
function isAct({ fields }: ConfigChange): boolean {
  return fields.length > 0 && fields.every(({ path }) => path === 'resumedAt' || path === 'breakerResetAt')
}

/** What a change would do: what differs, and what follows for work that runs. */
export function previewOf(current: ConfigSnapshot, next: ConfigContent): DryRun {
  const changes = diffConfig(current, next)
  const pinned = changes.some((change) => PINNED.has(change.kind) && change.change !== 'created' && !isAct(change))
  return {
    changes,
    effects: [
      ...effectsOnSenders(current, next),
      ...effectsOnCalls(current, next),
      ...effectsOnClients(current, next),
      ...effectsOnSecrets(current, next),
      ...effectsOfSettings(current, next),
      ...(pinned
        ? [
            `Jobs that exist go on under the revision they were made with (${current.revision} or before); replayed, they may take the new one.`,
          ]
        : []),
    ],
  }
}

function effectsOfSettings({ settings: was }: ConfigContent, { settings: is }: ConfigContent): string[] {
  if (was.resendGraceMs === is.resendGraceMs) return []
  return [`New jobs that a queue lost are sent again after ${is.resendGraceMs} ms instead of ${was.resendGraceMs} ms.`]
}
