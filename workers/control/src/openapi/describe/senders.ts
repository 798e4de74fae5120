import { changedProvider, configPage, deleted, providerInput, providerView } from '@orchestrator/shared/contracts/config-api'
import {
  handshakeToken,
  presetDetail,
  presetSummary,
  testRequest,
  testResponse,
  tryRequest,
  tryResponse,
} from '@orchestrator/shared/contracts/sender-api'
import { guide, preset, sample } from '@orchestrator/shared/verification/presets/stripe'
import * as z from 'zod'
import { toPresetSummary } from '../../presets/to-api.ts'
import { providersQuery } from '../../providers/list.ts'
import { answer, type Description, request } from '../description.ts'
import { ALL, CHANGED, RECEIVED_AT, REASON } from './ids.ts'
import { changeOf, cloneOf, creation, MUST_SAY_WHY, WHY } from './requests.ts'

const PROVIDER = {
  id: 'stripe',
  preset: 'stripe',
  enabled: true,
  paused: false,
  secret: 'stripe-signing',
  settings: {},
  bodyLimitBytes: 26_214_400,
  dedupeWindowMs: 604_800_000,
  reviveDead: true,
  allowedIps: [],
  rateLimit: null,
  etag: '"a1b2c3d4e5f60718"',
  title: 'Stripe',
  scheme: 'signature',
  path: '/webhooks/stripe',
  bodyAuthenticated: true,
  routes: ['stripe-to-billing'],
  warnings: [],
}

/** Presets are part of a version: one page. */
const presetPage = z.object({ items: z.array(presetSummary), nextCursor: z.null() })

export const SENDERS = {
  'GET /v1/presets': {
    topic: 'Senders',
    summary: 'The senders we ship a preset for, by title',
    answer: answer(presetPage, { items: [toPresetSummary(preset)], nextCursor: null }),
  },
  'GET /v1/presets/:id': {
    topic: 'Senders',
    summary: 'One preset with its guide and a sample event',
    text: 'Its data can be the start of a custom provider.',
    answer: answer(presetDetail, { ...toPresetSummary(preset), preset, guide, sample }),
  },
  'GET /v1/providers': {
    topic: 'Senders',
    summary: 'Providers, the last added first',
    query: providersQuery,
    answer: answer(configPage(providerView), { items: [PROVIDER], ...ALL }),
  },
  'POST /v1/providers': {
    topic: 'Senders',
    summary: 'Create a provider: one address that a sender posts to',
    text: 'From a preset, or with `preset: "custom"` and the same data in `custom`. One that would prove less than it seems to is refused.',
    request: request(creation(providerInput), { id: 'stripe', preset: 'stripe', secret: 'stripe-signing' }),
    answer: answer(changedProvider, { ...PROVIDER, routes: [], ...CHANGED }, { status: 201 }),
    errors: ['conflict'],
  },
  'GET /v1/providers/:id': { topic: 'Senders', summary: 'One provider', answer: answer(providerView, PROVIDER) },
  'PATCH /v1/providers/:id': {
    topic: 'Senders',
    summary: 'Change a provider',
    text: 'Each field that is given replaces the old one whole; null takes an optional one away. The id stays: it is in the address.',
    request: request(changeOf(providerInput), { toleranceSeconds: 600, reason: REASON }),
    answer: answer(changedProvider, { ...PROVIDER, toleranceSeconds: 600, ...CHANGED }),
  },
  'DELETE /v1/providers/:id': {
    topic: 'Senders',
    summary: 'Delete a provider that no route takes events of',
    request: WHY,
    answer: answer(deleted, { id: 'stripe', deleted: true, ...CHANGED }),
    errors: ['conflict'],
  },
  'POST /v1/providers/:id/enable': {
    topic: 'Senders',
    summary: 'Accept webhooks again',
    request: WHY,
    answer: answer(changedProvider, { ...PROVIDER, ...CHANGED }),
  },
  'POST /v1/providers/:id/disable': {
    topic: 'Senders',
    summary: 'Refuse webhooks with 503, so that the sender tries again later',
    request: WHY,
    answer: answer(changedProvider, { ...PROVIDER, enabled: false, ...CHANGED }),
  },
  'POST /v1/providers/:id/pause': {
    topic: 'Senders',
    summary: 'Accept webhooks, and hold the jobs that they make',
    text: 'Jobs of before that have not begun wait, too. Nothing is lost.',
    request: MUST_SAY_WHY,
    answer: answer(changedProvider, { ...PROVIDER, paused: true, ...CHANGED }),
  },
  'POST /v1/providers/:id/resume': {
    topic: 'Senders',
    summary: 'Let the jobs of a provider go on',
    text: 'What waits is sent by the sweep, within minutes.',
    request: MUST_SAY_WHY,
    answer: answer(changedProvider, { ...PROVIDER, ...CHANGED }),
  },
  'POST /v1/providers/:id/clone': {
    topic: 'Senders',
    summary: 'Make another provider like this one',
    text: 'Of the same sender, with the same secret, at an address of its own. It begins without a pause, and no route takes its events yet.',
    request: request(cloneOf(providerInput), { id: 'stripe-eu', reason: REASON }),
    answer: answer(
      changedProvider,
      { ...PROVIDER, id: 'stripe-eu', path: '/webhooks/stripe-eu', routes: [], ...CHANGED },
      { status: 201 },
    ),
    errors: ['conflict'],
  },
  'POST /v1/providers/:id/try': {
    topic: 'Senders',
    summary: 'What would happen to a pasted request',
    text: 'Verification step by step, then every route. Nothing is stored, and nothing is sent.',
    request: request(tryRequest, {
      headers: { 'stripe-signature': 't=1796030045,v1=5257a869' },
      body: '{"id":"evt_1","type":"customer.subscription.updated"}',
      now: 1_796_030_046,
    }),
    answer: answer(tryResponse, {
      verdict: 'refused',
      reason: 'No signature matches.',
      steps: [
        { check: 'time', passed: true, detail: 'Signed 1 s ago.' },
        { check: 'signature', passed: false, detail: 'No signature matches.' },
      ],
      secret: null,
      eventId: 'evt_1',
      eventType: 'customer.subscription.updated',
      dedupeKeys: ['id:evt_1'],
      handshake: null,
      routes: [{ id: 'stripe-to-billing', matches: true, why: null }],
      notes: [],
    }),
    errors: ['conflict'],
  },
  'POST /v1/providers/:id/test': {
    topic: 'Senders',
    summary: 'Send a signed test event to the provider',
    text: 'Ingress takes it like any other: its routes make jobs. The answer shows what was sent without what proves it.',
    request: request(testRequest, { sample: {} }),
    answer: answer(testResponse, {
      request: {
        method: 'POST',
        url: 'https://ingress.example.com/webhooks/stripe',
        headers: [['content-type', 'application/json; charset=utf-8']],
        body: sample.body,
      },
      response: { status: 200, contentType: 'application/json', body: '{"status":"accepted"}' },
      auditSeq: 4_712,
    }),
    errors: ['conflict', 'unprocessable'],
  },
  'GET /v1/providers/:id/handshake-token': {
    topic: 'Senders',
    summary: 'The token that a sender showed in its handshake',
    text: 'To be carried back to the sender. That it was read is written into the audit log first.',
    answer: answer(handshakeToken, { token: 'secret_tMrlL1qK5vuQAh1b6cZGhFChZsTYPWj8', shownAt: RECEIVED_AT }),
  },
} satisfies Record<string, Description>
