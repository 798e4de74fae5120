import { ROLE_PURPOSES } from '@orchestrator/shared/access/roles'
import { me, overview } from '@orchestrator/shared/contracts/control-api'
import { answer, type Description } from '../description.ts'
import { RECEIVED_AT } from './ids.ts'

export const OVERVIEW = {
  'GET /v1/me': {
    topic: 'Overview',
    summary: 'Who you are and which roles you have',
    answer: answer(me, {
      actor: { kind: 'user', id: 'operator@example.com' },
      groups: ['on-call'],
      actingAs: null,
      roles: ['viewer', 'operator'],
      allows: (['viewer', 'operator'] as const).map((role) => ({ role, what: ROLE_PURPOSES[role] })),
    }),
  },
  'GET /v1/overview': {
    topic: 'Overview',
    summary: 'The state of everything on one page',
    text: 'Each part has a deadline of its own. One that cannot be had is null and named in `unavailable`; counts stop at 1,000.',
    answer: answer(overview, {
      components: [
        { name: 'CONTROL_DB', status: 'up', latencyMs: 3, detail: null },
        { name: 'execution', status: 'down', latencyMs: 2_500, detail: 'does not answer in time' },
      ],
      jobs: { waiting: 12, running: 3, oldestWaitingAt: RECEIVED_AT },
      queues: [{ queue: 'webhook', backlog: 12 }],
      deadLetters: { open: 2, capped: false },
      unavailable: [],
    }),
  },
} satisfies Record<string, Description>
