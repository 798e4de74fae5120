import type { ConfigSnapshot, Pause } from '../contracts/config.ts'
import type { JobRow } from '../db/data-schema.ts'

/** Everything that is paused: what operators hold, and each provider that is paused itself. */
export function effectivePauses({ pauses, providers }: Pick<ConfigSnapshot, 'pauses' | 'providers'>): Pause[] {
  const paused = providers.filter((provider) => provider.paused)
  return [...pauses, ...paused.map(({ id }): Pause => ({ kind: 'provider', id }))]
}

/** Whether a pause holds this job. */
export function concerns(pause: Pause, job: Pick<JobRow, 'connector' | 'queue' | 'provider'>): boolean {
  return job[pause.kind] === pause.id
}
