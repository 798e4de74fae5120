import { dedupeKeys } from '@orchestrator/shared/inbox/dedupe-keys'
import { eventView } from '@orchestrator/shared/inbox/event-view'
import { jobsFor, matchRoutes } from '@orchestrator/shared/inbox/match-routes'
import { redactHeaders } from '@orchestrator/shared/inbox/redact-headers'
import { redactQuery } from '@orchestrator/shared/inbox/redact-query'
import { effectivePauses } from '@orchestrator/shared/jobs/pauses'
import { readEventFacts } from '@orchestrator/shared/verification/event-facts'
import { NOTHING_READ, type ParsedBody } from '@orchestrator/shared/verification/parsed-body'
import type { VerificationFacts } from '@orchestrator/shared/verification/types'
import { proofHeaders, proofParameters } from '@orchestrator/shared/verification/verify'
import type { WebhookDraft } from '../fallback/store-durably.ts'
import type { Admitted } from './admit.ts'
import type { AcceptDeps } from './deps.ts'

/** A verified request. `body` is undefined where it was not looked into. */
export interface Verified extends Admitted {
  /** Minted already where the body went ahead to its place. */
  id?: string
  body: ParsedBody | undefined
  /** SHA-256 in hex. */
  bodyHash: () => string
  bodySize: number
  facts: VerificationFacts
  receivedAt: number
}

/** Everything that will be written, decided once and with all ids minted. */
export async function draftWebhook(verified: Verified, deps: Pick<AcceptDeps, 'newId'>): Promise<WebhookDraft> {
  const { delivery, snapshot, provider, preset, body, facts, receivedAt } = verified
  const { writeShard, resendGraceMs } = snapshot.settings
  const address = new URL(delivery.url)
  const source = { body: body ?? NOTHING_READ, headers: delivery.headers, url: delivery.url, claims: facts.claims }
  const { eventId, type } = readEventFacts(preset, source)
  const headers = redactHeaders(verified.headerList, proofHeaders(preset))
  const query = redactQuery(address.search, proofParameters(preset, provider.settings))
  const view = eventView({ provider: provider.id, eventId, type, body, headers, path: address.pathname, query })
  // What was not looked into can be mapped to no input either: it is kept for a replay.
  const { matches, failures } = body ? await matchRoutes(snapshot.routes, view) : { matches: [], failures: [] }
  const paused = effectivePauses(snapshot).some(({ kind, id }) => kind === 'provider' && id === provider.id)
  const { claims: _claims, ...proven } = facts
  const rule = provider.dedupe ?? preset.dedupe
  return {
    v: 1,
    id: verified.id ?? deps.newId('whk', writeShard, receivedAt),
    provider: provider.id,
    dedupeKeys: dedupeKeys(rule, eventId, source, verified.bodyHash),
    dedupeWindowMs: Math.min(provider.dedupeWindowMs, ('windowMs' in rule && rule.windowMs) || Number.POSITIVE_INFINITY),
    reviveDead: provider.reviveDead,
    eventId,
    type,
    status: matches.length > 0 ? 'accepted' : 'ignored',
    note: noteOf(body),
    receivedAt,
    path: address.pathname,
    query,
    headers,
    contentType: delivery.headers.get('content-type'),
    bodySize: verified.bodySize,
    verification: { preset: preset.id, bodyAuthenticated: preset.bodyAuthenticated, ...proven },
    trace: delivery.trace,
    configRevision: snapshot.revision,
    resendGraceMs,
    jobs: jobsFor(matches, { paused, newJobId: () => deps.newId('job', writeShard, receivedAt) }),
    routeFailures: failures,
  }
}

/** What an operator should know about a body that filters could not look into as usual. */
function noteOf(body: ParsedBody | undefined): WebhookDraft['note'] {
  if (body === undefined) return 'too_large_to_parse'
  return body.json === undefined && body.form === undefined ? 'not_json' : null
}
