import { changeConfig, type ChangeContext } from '@orchestrator/shared/config/change'
import { contentOf } from '@orchestrator/shared/config/revision'
import type { ConfigBindings } from '@orchestrator/shared/config/snapshot-store'
import { withPause } from '@orchestrator/shared/config/with-pause'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { PAUSE_DEADLINE_MS } from './constants.ts'

/** Which connector, and why. */
export interface PauseRequest {
  connector: string
  reason: string
  /** Whether it is to be paused, when somebody last took a pause of it away at that time (ms). */
  isDue: (resumedAt: number | null) => boolean
  /** ms. */
  at: number
  requestId: string
}

/** `kept`: somebody paused it already, took its pause away meanwhile, or deleted it. */
export type PauseOutcome = 'paused' | 'kept'

/**
 * Writes the pause of a connector into the configuration, audited, as the system. Whether it is still due is decided on the
 * configuration in force: the isolate's own may be seconds old. Throws when the configuration cannot be written.
 */
export async function pauseConnector(
  bindings: ConfigBindings,
  { connector: id, reason, isDue, at, requestId }: PauseRequest,
  onMirrorFailure: (error: unknown) => void,
): Promise<PauseOutcome> {
  const by: ChangeContext = {
    at,
    actor: { kind: 'system', id: 'execution' },
    role: null,
    door: 'system',
    ip: null,
    requestId,
  }
  const changing = changeConfig<PauseOutcome>(
    bindings,
    by,
    (current) => {
      const content = contentOf(current)
      const connector = content.connectors.find((one) => one.id === id)
      const { pauses, changes } = withPause(content.pauses, { kind: 'connector', id }, true)
      const audit = {
        action: 'connector.paused' as const,
        target: `connector:${id}`,
        reason,
        before: { paused: !changes },
        after: { paused: true },
      }
      if (!connector || !changes || !isDue(connector.resumedAt)) return { content, audit, value: 'kept' }
      return { content: { ...content, pauses }, audit, value: 'paused' }
    },
    { onMirrorFailure },
  )
  return (await withDeadline(changing, PAUSE_DEADLINE_MS, 'the pause of a connector')).value
}
