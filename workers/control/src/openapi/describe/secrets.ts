import { changedSecret, configPage, deleted, secretInput, secretView } from '@orchestrator/shared/contracts/config-api'
import { rekeyed, rekeyRequest, secretVerification } from '@orchestrator/shared/contracts/secret-api'
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
  'GET /v1/secrets/:name': {
    topic: 'Secrets',
    summary: 'One secret',
    text: 'Never its value. `lastUsedAt` and `previousLastUsedAt` follow the logs of webhooks and calls, up to two minutes behind.',
    answer: answer(secretView, SECRET),
  },
  'PUT /v1/secrets/:name': {
    topic: 'Secrets',
    summary: 'Write a secret, or say where its value comes from',
    text: 'A new value makes the old one `previous`, which stays valid for a day or as long as said. Or the value is a Worker secret (`{source: "env", variable}`) or a Secrets Store binding (`{source: "store", binding}`) of the Workers that need it, each with a previous one beside it. Variables of our own are refused. No answer ever has a value.',
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
  'DELETE /v1/secrets/:name/versions/:version': {
    topic: 'Secrets',
    summary: 'End a previous value now',
    text: 'The current value cannot be ended: write a new one.',
    request: WHY,
    answer: answer(changedSecret, { ...SECRET, warnings: [], ...CHANGED }),
    errors: ['conflict'],
  },
  'POST /v1/secrets/:name/verify': {
    topic: 'Secrets',
    summary: 'Whether each Worker can read a secret',
    text: 'Asks ingress, execution and control, each for itself. Tells neither the value nor anything made of it.',
    answer: answer(secretVerification, {
      name: 'stripe-signing',
      ok: true,
      workers: [
        { worker: 'ingress', needed: true, standing: { current: 'resolves', previous: 'resolves' } },
        { worker: 'execution', needed: false, standing: null },
        { worker: 'control', needed: false, standing: { current: 'resolves', previous: 'resolves' } },
      ],
    }),
  },
  'POST /v1/secrets/rekey': {
    topic: 'Secrets',
    summary: 'Seal everything anew under the current SECRETS_KEY',
    text: 'After `SECRETS_KEY` was changed, with the old one in `SECRETS_KEY_PREVIOUS`. At `left: 0` the previous key can be taken away. Repeatable.',
    request: request(rekeyRequest, { reason: REASON }),
    answer: answer(rekeyed, {
      sealed: { versions: 7, handshakeTokens: 1 },
      alreadyCurrent: 0,
      unreadable: [],
      left: 0,
      ...CHANGED,
    }),
  },
} satisfies Record<string, Description>
