import { deadLetterGroups } from '@orchestrator/shared/contracts/bulk-api'
import { deadLetter, deadLetterDetail, discardResponse, page, replayResponse } from '@orchestrator/shared/contracts/control-api'
import { deadLetterReplayRequest } from '@orchestrator/shared/contracts/replay-api'
import { deadLetterGroupsQuery } from '../../dead-letters/group.ts'
import { deadLettersQuery } from '../../dead-letters/list.ts'
import { answer, type Description, request } from '../description.ts'
import { ENDED_AT, JOB, REASON, RECEIVED_AT, WEBHOOK } from './ids.ts'
import { MUST_SAY_WHY } from './requests.ts'

const LETTER = {
  id: `${JOB}.1`,
  class: 'upstream_failed' as const,
  jobId: JOB,
  generation: 1,
  queue: 'webhook' as const,
  inboxId: WEBHOOK,
  connector: 'billing',
  operation: 'set-subscription',
  provider: 'stripe',
  eventType: 'customer.subscription.updated',
  fingerprint: 'upstream_failed:billing:3f9a0c1d2e4b',
  error: 'billing answered 503 four times.',
  attempts: 4,
  diedAt: ENDED_AT,
  status: 'open' as const,
  closedAt: null,
}

export const DEAD_LETTERS = {
  'GET /v1/dead-letters': {
    topic: 'Dead letters',
    summary: 'Dead letters, newest first',
    text: `An index leads to all of them, the open ones, and with \`status=open\` those of a connector or a fingerprint, between any times. Other filters
read at most 1,000 rows a page: \`scanned\` says how many, and the page may be short or empty while \`nextCursor\` goes on.`,
    query: deadLettersQuery,
    answer: answer(page(deadLetter), { items: [LETTER], nextCursor: null }),
  },
  'GET /v1/dead-letters/groups': {
    topic: 'Dead letters',
    summary: 'Open dead letters by what they died of, the most frequent first',
    text: 'The newest 20,000 are looked at; `capped` says that there are more. The `fingerprint` of a group is a filter of the list.',
    query: deadLetterGroupsQuery,
    answer: answer(deadLetterGroups, {
      items: [
        {
          fingerprint: LETTER.fingerprint,
          class: LETTER.class,
          connector: LETTER.connector,
          count: 118,
          error: LETTER.error,
          firstDiedAt: RECEIVED_AT,
          lastDiedAt: ENDED_AT,
        },
      ],
      capped: false,
    }),
  },
  'GET /v1/dead-letters/:id': {
    topic: 'Dead letters',
    summary: 'One dead letter, and who closed it',
    answer: answer(deadLetterDetail, { ...LETTER, closedBy: null }),
  },
  'POST /v1/dead-letters/:id/replay': {
    topic: 'Dead letters',
    summary: 'Put a dead job back to work',
    text: `It begins a new generation. Unless told otherwise it does so under the configuration that it was made with and with its old idempotency
key, so that an upstream that did act does not act twice. An edited \`input\` is checked by the operation's schema; the audit log keeps
what was changed as a JSON Patch (RFC 6902), secrets redacted by name. An upstream that remembers its keys may refuse another input
under the same one: then say \`new\`.`,
    request: request(deadLetterReplayRequest, {
      reason: REASON,
      config: 'current',
      idempotencyKey: 'new',
      input: { id: 'sub_42', status: 'active' },
    }),
    answer: answer(replayResponse, {
      deadLetterId: `${JOB}.1`,
      jobId: JOB,
      generation: 2,
      status: 'queued',
      auditSeq: 4_712,
    }),
    errors: ['conflict'],
  },
  'POST /v1/dead-letters/:id/discard': {
    topic: 'Dead letters',
    summary: 'Give a dead job up',
    text: 'It stays readable. What waits behind it in its ordering key goes on.',
    request: MUST_SAY_WHY,
    answer: answer(discardResponse, { deadLetterId: `${JOB}.1`, jobId: JOB, status: 'discarded', auditSeq: 4_712 }),
    errors: ['conflict'],
  },
} satisfies Record<string, Description>
