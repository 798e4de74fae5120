import type { Pause } from '../contracts/config.ts'

/** What is on hold after one thing is paused or resumed, and whether that changes anything. */
export function withPause(pauses: readonly Pause[], { kind, id }: Pause, paused: boolean): { pauses: Pause[]; changes: boolean } {
  const others = pauses.filter((pause) => pause.kind !== kind || pause.id !== id)
  const was = others.length < pauses.length
  if (was === paused) return { pauses: [...pauses], changes: false }
  return { pauses: paused ? [...others, { kind, id }] : others, changes: true }
}
