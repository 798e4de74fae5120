import { changedSecret, configPage, deleted, secretView } from '@orchestrator/shared/contracts/config-api'
import { secretInput } from '@orchestrator/shared/contracts/config-api'
import { secretsQuery } from '../../secrets/list.ts'
import { answer, type Description, request } from '../description.ts'
import { ALL, CHANGED, RECEIVED_AT, REASON } from './ids.ts'
import { WHY } from './requests.ts'

const SECRET = {
  etag: '"9c8b7a6958473625"',
  name: 'stripe-signing',
  source: 'stored' as const,
  hasValue: true,
  versions: [{ version: 2, validUntil: null, createdAt: RECEIVED_AT }],
  bindings: [],
  usedBy: { providers: ['stripe'], connectors: [] },
  lastUsedAt: RECEIVED_AT,
  previousLastUsedAt: null,
}

export const SECRETS = {
  'GET /v1/secrets': {
    topic: 'Secrets',
    summary: 'Secrets by name, and who uses them',
    text: 'Never a value.',
    query: secretsQuery,
    answer: answer(configPage(secretView), { items: [SECRET], ...ALL }),
  },
  'PUT /v1/secrets/:name': {
    topic: 'Secrets',
    summary: 'Write a secret',
    text: 'A new value makes the old one `previous`, which stays valid for a day or as long as said. No answer ever has a value.',
    request: request(secretInput, { value: 'whsec_example', previousValidForSeconds: 86_400, reason: REASON }),
    answer: answer(changedSecret, { ...SECRET, warnings: [], ...CHANGED }),
  },
  'DELETE /v1/secrets/:name': {
    topic: 'Secrets',
    summary: 'Delete a secret that nobody uses',
    request: WHY,
    answer: answer(deleted, { id: 'stripe-signing', deleted: true, ...CHANGED }),
    errors: ['conflict'],
  },
} satisfies Record<string, Description>
