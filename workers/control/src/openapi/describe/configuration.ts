import { reasonRequest } from '@orchestrator/shared/contracts/config-api'
import {
  appliedConfig,
  changedSettings,
  configApplyRequest,
  configComparison,
  configDocument,
  configExport,
  configInUse,
  configPlan,
  configPlanRequest,
  configRevisionDetail,
  configRevisionSummary,
  MAX_DOCUMENT_BYTES,
  rollbackRequest,
  settingsInput,
  settingsView,
} from '@orchestrator/shared/contracts/config-document'
import { page } from '@orchestrator/shared/contracts/control-api'
import * as z from 'zod'
import { compareQuery } from '../../config-revisions/compare.ts'
import { revisionsQuery } from '../../config-revisions/list.ts'
import { answer, type Description, request } from '../description.ts'
import { CHANGED, RECEIVED_AT, REASON } from './ids.ts'

const DOCUMENT = {
  version: 1 as const,
  settings: { resendGraceMs: 120_000 },
  secrets: [{ name: 'stripe-signing', source: 'stored' as const }],
  policies: [{ id: 'billing', retry: { maxAttempts: 4 } }],
  connectors: [
    {
      id: 'billing',
      baseUrl: 'https://billing.example.com',
      policy: 'billing',
      operations: [{ name: 'set-subscription', method: 'PUT' as const, path: '/subscriptions/{id}', body: '{"status": status}' }],
    },
  ],
  providers: [{ id: 'stripe', preset: 'stripe', secret: 'stripe-signing' }],
  routes: [
    {
      id: 'stripe-to-billing',
      provider: 'stripe',
      eventTypes: ['customer.subscription.*'],
      connector: 'billing',
      operation: 'set-subscription',
      input: '{"id": data.object.id, "status": data.object.status}',
    },
  ],
}
const YAML = `version: 1
settings:
  resendGraceMs: 120000
secrets:
  - name: stripe-signing
    source: stored
`

const CHANGES = [
  {
    kind: 'route' as const,
    id: 'stripe-to-billing',
    change: 'updated' as const,
    fields: [{ path: 'enabled', before: true, after: false }],
  },
]
const PLAN = {
  baseRevision: 17,
  changes: CHANGES,
  effects: ['The route stripe-to-billing makes no jobs any more. Those that it made go on.'],
}
const SUMMARY = { revision: 17, publishedAt: RECEIVED_AT, author: 'ada@example.com', reason: REASON, inForce: true }
const SETTINGS = { writeShard: 0, liveShards: [0], resendGraceMs: 120_000, etag: '"0a1b2c3d4e5f6071"' }

const sent = { document: configDocument }

export const CONFIGURATION = {
  'GET /v1/config': {
    topic: 'Configuration',
    summary: 'The configuration as a document',
    text: 'Equal configurations give equal text, so that it can live in git. With `Accept: application/yaml` the document alone, as YAML; the header `x-config-revision` has its revision. It holds what is declared: no values of secrets, no keys of clients, no pauses, no forced breakers, no shards.',
    answer: answer(configExport, { revision: 17, document: DOCUMENT }, { texts: { 'application/yaml': YAML } }),
  },
  'POST /v1/config/plan': {
    topic: 'Configuration',
    summary: 'What a document would change',
    text: `All that is wrong with it is told at once, by its place in the document. A request may have ${MAX_DOCUMENT_BYTES} bytes, and lead connectors to at most 100 new places (422).`,
    request: request(configPlanRequest.extend(sent), { document: DOCUMENT }),
    answer: answer(configPlan, PLAN),
    errors: ['unprocessable'],
  },
  'POST /v1/config/apply': {
    topic: 'Configuration',
    summary: 'Make the configuration what a document says',
    text: 'All of it in one revision, or nothing; what is not in the document is deleted. With `baseRevision`, as a plan gave it, only if nothing changed since (412). Values of secrets, keys of clients, pauses, forced breakers and shards stay as they are.',
    request: request(configApplyRequest.extend(sent), { document: DOCUMENT, baseRevision: 17, reason: REASON }),
    answer: answer(appliedConfig, { ...PLAN, ...CHANGED }),
  },
  'GET /v1/config/in-use': {
    topic: 'Configuration',
    summary: 'Which revision each Worker works with',
    text: 'One isolate of each answers. `null` where a Worker does not.',
    answer: answer(configInUse, {
      inForce: 17,
      workers: [
        { worker: 'ingress', revision: 17 },
        { worker: 'execution', revision: 17 },
        { worker: 'control', revision: 17 },
      ],
    }),
  },
  'GET /v1/config-revisions': {
    topic: 'Configuration',
    summary: 'Revisions, newest first',
    query: revisionsQuery,
    answer: answer(page(configRevisionSummary), { items: [SUMMARY], nextCursor: null }),
  },
  'GET /v1/config-revisions/:revision': {
    topic: 'Configuration',
    summary: 'One revision: what it changed, and its document',
    answer: answer(configRevisionDetail, { ...SUMMARY, changes: CHANGES, document: DOCUMENT }),
  },
  'GET /v1/config-revisions/:revision/compare': {
    topic: 'Configuration',
    summary: 'What leads from one revision to another',
    text: 'To the one in force, unless `with` names another.',
    query: compareQuery,
    answer: answer(configComparison, { from: 12, to: 17, changes: CHANGES }),
  },
  'POST /v1/config-revisions/:revision/rollback': {
    topic: 'Configuration',
    summary: 'Roll back to a revision',
    text: 'Declares again what that revision declared, as a new revision. What was decided since about values of secrets, keys of clients, pauses, forced breakers and shards stays. A stored secret that is gone comes back with the values it had then, a client that is gone without keys; the effects say so. With `baseRevision`, as a dry run gave it, only if nothing changed since.',
    request: request(rollbackRequest, { reason: REASON, baseRevision: 17 }),
    answer: answer(appliedConfig, { ...PLAN, ...CHANGED }),
  },
  'GET /v1/settings': { topic: 'Configuration', summary: 'The settings', answer: answer(settingsView, SETTINGS) },
  'PATCH /v1/settings': {
    topic: 'Configuration',
    summary: 'Change the settings',
    text: 'Shards are moved on by themselves.',
    request: request(z.strictObject({ ...settingsInput.partial().shape, ...reasonRequest.shape }), {
      resendGraceMs: 60_000,
      reason: REASON,
    }),
    answer: answer(changedSettings, { ...SETTINGS, resendGraceMs: 60_000, ...CHANGED }),
  },
} satisfies Record<string, Description>
