import type { SampleEvent, SenderGuide } from '../../contracts/sender-guide.ts'
import * as stripe from './stripe.ts'

/** What operators read about a sender, and a realistic event of it. */
export interface SenderNotes {
  guide: SenderGuide
  sample: SampleEvent
}

const MODULES: readonly (SenderNotes & { preset: { id: string } })[] = [stripe]

const byId = new Map(MODULES.map(({ preset, guide, sample }) => [preset.id, { guide, sample }]))

/** The notes on a preset, or `undefined` where we ship none of this id. */
export function findSenderNotes(id: string): SenderNotes | undefined {
  return byId.get(id)
}
