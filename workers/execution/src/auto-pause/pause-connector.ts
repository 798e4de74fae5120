import { changeConfig, type ChangeContext } from '@orchestrator/shared/config/change'
import type { ConfigBindings } from '@orchestrator/shared/config/snapshot-store'
import type { Pause } from '@orchestrator/shared/contracts/config'
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
  const pause: Pause = { kind: 'connector', id }
  const changing = changeConfig<PauseOutcome>(
    bindings,
    by,
    ({ revision: _revision, publishedAt: _publishedAt, ...content }) => {
      const connector = content.connectors.find((one) => one.id === id)
      const isPaused = content.pauses.some((one) => one.kind === 'connector' && one.id === id)
      const audit = {
        action: 'connector.paused' as const,
        target: `connector:${id}`,
        reason,
        before: { paused: isPaused },
        after: { paused: true },
      }
      if (!connector || isPaused || !isDue(connector.resumedAt)) return { content, audit, value: 'kept' }
      return { content: { ...content, pauses: [...content.pauses, pause] }, audit, value: 'paused' }
    },
    { onMirrorFailure },
  )
  return (await withDeadline(changing, PAUSE_DEADLINE_MS, 'the pause of a connector')).value
}
