import {
  page,
  rejectedRequest,
  webhookDetail,
  webhookReplayRequest,
  webhookReplayResponse,
  webhookSummary,
} from '@orchestrator/shared/contracts/control-api'
import { revealedWebhook } from '@orchestrator/shared/contracts/work-api'
import { inboxQuery } from '../../inbox/list.ts'
import { rejectedRequestsQuery } from '../../rejected-requests/list.ts'
import { answer, type Description, request } from '../description.ts'
import { JOB, REASON, RECEIVED_AT, TRACE, WEBHOOK } from './ids.ts'
import { MUST_SAY_WHY } from './requests.ts'

const summary = {
  id: WEBHOOK,
  provider: 'stripe',
  eventId: 'evt_1SYb2c3D4e5F6g7H',
  type: 'customer.subscription.updated',
  status: 'accepted' as const,
  bodySize: 2_871,
  receivedAt: RECEIVED_AT,
}

export const WEBHOOKS = {
  'GET /v1/rejected-requests': {
    topic: 'Webhooks',
    summary: 'Requests that were not believed, newest first',
    text: 'A sample: at most 20 a provider and minute are kept, and each tells for how many it stands. `try` a provider with what its sender sends to see every check.',
    query: rejectedRequestsQuery,
    answer: answer(page(rejectedRequest), {
      items: [
        {
          at: RECEIVED_AT,
          provider: 'stripe',
          reason: 'signature_mismatch',
          method: 'POST',
          ip: '203.0.113.7',
          headers: [['stripe-signature', '[redacted sha256:9f86d081]']],
          count: 1,
        },
      ],
      nextCursor: null,
    }),
  },
  'GET /v1/inbox': {
    topic: 'Webhooks',
    summary: 'Received webhooks, newest first',
    text: 'Ignored ones too: those that no route takes, and those of a disabled one.',
    query: inboxQuery,
    answer: answer(page(webhookSummary), { items: [summary], nextCursor: null }),
  },
  'GET /v1/inbox/:id': {
    topic: 'Webhooks',
    summary: 'One webhook, how it was verified, and its jobs',
    text: 'Without its body: `reveal` shows it, and is audited. Headers that carry secrets are redacted.',
    answer: answer(webhookDetail, {
      ...summary,
      dedupeKey: 'id:evt_1SYb2c3D4e5F6g7H',
      contentType: 'application/json; charset=utf-8',
      headers: [['stripe-signature', '[redacted sha256:9f86d081]']],
      verification: { scheme: 'signature', secret: 'current', ageSeconds: 1 },
      trace: TRACE,
      jobs: [{ id: JOB, status: 'succeeded', connector: 'billing', operation: 'set-subscription' }],
    }),
  },
  'POST /v1/inbox/:id/reveal': {
    topic: 'Webhooks',
    summary: 'Show what a sender sent',
    text: `Headers as they are stored, and the body up to 1 MiB; \`unavailable\` says where a larger one lies. Who asks, and why, stands in the audit log
before it is answered.`,
    request: MUST_SAY_WHY,
    answer: answer(revealedWebhook, {
      webhookId: WEBHOOK,
      headers: [['stripe-signature', '[redacted sha256:9f86d081]']],
      contentType: 'application/json; charset=utf-8',
      body: { encoding: 'utf8', data: '{"id":"evt_1SYb2c3D4e5F6g7H","type":"customer.subscription.updated"}' },
      bodyBytes: 68,
      unavailable: null,
      auditSeq: 4_712,
    }),
  },
  'POST /v1/inbox/:id/replay': {
    topic: 'Webhooks',
    summary: 'Make the jobs of a webhook again',
    text: `With the configuration in force now: every enabled route of its provider that takes it gets a job, unless one of that route is
still alive. \`routes\` names some, whatever their types and filters say.`,
    request: request(webhookReplayRequest, { reason: REASON, routes: ['stripe-to-billing'] }),
    answer: answer(
      webhookReplayResponse,
      { webhookId: WEBHOOK, jobs: [{ id: JOB, route: 'stripe-to-billing', created: true }], failedRoutes: [], auditSeq: 4_711 },
      { status: 202 },
    ),
    errors: ['conflict'],
  },
} satisfies Record<string, Description>
