import { livez, readyz } from '@orchestrator/shared/contracts/health'
import { answer, type Description } from '../description.ts'

/** What is free for everybody: the only operations without a line in route-roles.ts. */
const READY = {
  status: 'ready' as const,
  worker: 'control',
  configRevision: 17,
  dependencies: [{ name: 'CONTROL_DB', status: 'up' as const, required: true, latencyMs: 3, detail: null }],
}
const DOWN = { name: 'CONTROL_DB', status: 'down' as const, required: true, latencyMs: 1_000, detail: 'does not answer' }

export const HEALTH = {
  'GET /livez': {
    topic: 'Health',
    summary: 'The Worker runs',
    answer: answer(livez, { status: 'ok', worker: 'control', version: '5b0d6f7e-1c2d-4e3f-8a9b-0c1d2e3f4a5b' }),
  },
  'GET /readyz': {
    topic: 'Health',
    summary: 'What works and what does not, by name',
    text: '503 with the same body when CONTROL_DB does not answer: without it, nothing can be decided here. All else may be down.',
    answer: answer(readyz, READY),
    other: answer(readyz, { ...READY, status: 'unavailable', dependencies: [DOWN] }, { status: 503 }),
  },
} satisfies Record<string, Description>
