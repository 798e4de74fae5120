import { me } from '@orchestrator/shared/contracts/control-api'
import { answer, type Description } from '../description.ts'

export const OVERVIEW = {
  'GET /v1/me': {
    topic: 'Overview',
    summary: 'Who you are and which roles you have',
    answer: answer(me, { actor: { kind: 'user', id: 'operator@example.com' }, roles: ['viewer', 'operator'] }),
  },
} satisfies Record<string, Description>
