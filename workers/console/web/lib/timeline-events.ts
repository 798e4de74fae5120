import type { Event } from '@orchestrator/shared/contracts/control-api'
import type { EventType } from '@orchestrator/shared/contracts/events'
import { DEATH_CLASS_LABELS, type Tone } from './labels.ts'
import { formatDuration } from './format.ts'
import type { TimelineMark } from './timeline.ts'

export type EventData = Readonly<Record<string, unknown>>

export interface EventText {
  mark: TimelineMark
  tone: Tone
  title: string
  facts: string[]
  note: string | null
}

/** How each type of event is told. Data that is missing is left out, never guessed. */
const TEXTS: Readonly<Record<EventType, (data: EventData, event: Event) => EventText>> = {
  'webhook.accepted': (data, event) => ({
    mark: 'accepted',
    tone: 'success',
    title: 'Webhook accepted',
    facts: known([event.provider, text(data, 'eventType')]),
    note: text(data, 'note'),
  }),
  'webhook.ignored': (data) => told('note', 'neutral', 'Webhook stored, no route matched', data),
  'webhook.restored': (data) => told('accepted', 'info', 'Webhook restored from the fallback store', data),
  'webhook.replayed': (data) => told('replayed', 'info', 'Webhook replayed: routed again', data),
  'route.filter_failed': (data) => ({
    ...told('note', 'danger', 'A route could not be asked', data),
    facts: known([text(data, 'route'), text(data, 'part')]),
  }),
  'job.queued': (data) => told('queued', 'info', 'Queued', data),
  'job.scheduled': (data) => told('waiting', 'info', 'Scheduled', data),
  'job.resent': (data) => told('queued', 'warning', 'Sent to the queue again by the sweep', data),
  'job.deferred': (data) => ({
    ...told('waiting', 'warning', 'Deferred without using an attempt', data),
    note: REFUSALS[text(data, 'reason') ?? ''] ?? text(data, 'reason'),
  }),
  'job.retrying': (data) => told('waiting', 'warning', 'Waiting for the next attempt', data),
  'job.held': (data) => ({ ...told('held', 'warning', 'Held', data), note: heldBy(data) }),
  'job.lease_expired': (data) => told('note', 'warning', 'The worker running it was lost', data),
  'job.succeeded': (data) => told('succeeded', 'success', 'Succeeded', data),
  'job.dead': (data) => told('dead', 'danger', 'Dead: no further attempts', data),
  'job.replayed': (data) => told('replayed', 'info', 'Replayed', data),
  'job.revived': (data) => told('replayed', 'info', 'Revived: the sender delivered the event again', data),
  'job.cancelled': (data) => told('dead', 'neutral', 'Cancelled', data),
  'job.resolved': (data) => ({ ...told('note', 'warning', 'Resolved by an operator', data), facts: known([text(data, 'as')]) }),
  'job.callback_created': (data) => told('queued', 'info', 'A job was made that tells how this one ended', data),
  'call.hedged': (data) => told('note', 'neutral', 'No answer yet: called a second time', data),
  'retry.budget_exhausted': (data) => told('note', 'warning', 'The retry budget of the connector is used up', data),
  'connector.failing': (data) => told('note', 'warning', 'The connector has been failing for long', data),
  'connector.auto_paused': (data) => told('held', 'danger', 'The connector was paused: every call of it failed for days', data),
  'connector.address_refused': (data) => told('note', 'danger', 'The address of the connector is refused', data),
  'dead_letter.received': (data) => told('note', 'neutral', 'Dead letter received by control', data),
  'dead_letter.discarded': (data) => told('note', 'neutral', 'Discarded: it will not be replayed', data),
  'ordering_key.released': (data) => told('note', 'info', 'Its ordering key goes on without it', data),
  'breaker.opened': (data) => told('note', 'danger', 'Circuit breaker opened', data),
  'breaker.half_opened': (data) => told('note', 'warning', 'Circuit breaker half open', data),
  'breaker.closed': (data) => told('note', 'success', 'Circuit breaker closed', data),
  'breaker.unavailable': (data) => told('note', 'warning', 'Circuit breaker could not be asked', data),
  'rate_limit.unavailable': (data) => told('note', 'warning', 'Rate limit could not be asked', data),
}

/** Who keeps a job from being attempted, in words. */
const REFUSALS: Readonly<Record<string, string>> = {
  circuit_breaker: 'The circuit breaker is open: the upstream has been failing.',
  rate_limit: 'The rate limit of the upstream is used up for now.',
  concurrency: 'As many calls as the policy allows are in flight.',
  platform: 'Something of our own failed; it is tried again.',
  lease: 'Too little time was left in this turn for a whole attempt.',
}

/** An event in words. */
export function describeEvent(event: Event): EventText {
  return TEXTS[event.type](event.data, event)
}

function told(mark: TimelineMark, tone: Tone, title: string, data: EventData): EventText {
  return { mark, tone, title, facts: factsOf(data), note: text(data, 'error', 'reason', 'message') }
}

function factsOf(data: EventData): string[] {
  const deathClass = text(data, 'class')
  const delay = number(data, 'delayMs', 'retryAfterMs')
  const attempts = number(data, 'attempts')
  const queue = text(data, 'queue')
  const replayedFrom = number(data, 'fromGeneration')
  return known([
    deathClass === null ? null : (DEATH_CLASS_LABELS[deathClass as keyof typeof DEATH_CLASS_LABELS]?.text ?? deathClass),
    queue === null ? null : `queue ${queue}`,
    delay === null ? null : `for ${formatDuration(delay)}`,
    attempts === null ? null : `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`,
    replayedFrom === null ? null : `generation ${replayedFrom + 1}`,
    actorOf(data),
  ])
}

function heldBy(data: EventData): string | null {
  const [kind, id] = [text(data, 'kind'), text(data, 'id')]
  return kind === null || id === null ? null : `The ${kind} ${id} is paused.`
}

function actorOf(data: EventData): string | null {
  const actor = data['actor']
  return typeof actor === 'object' && actor !== null && 'id' in actor ? String(actor.id) : text(data, 'actor')
}

function known(values: (string | null)[]): string[] {
  return values.filter((value) => value !== null)
}

function text(data: EventData, ...keys: string[]): string | null {
  for (const key of keys) {
    const value = data[key]
    if (typeof value === 'string' && value !== '') return value
  }
  return null
}

function number(data: EventData, ...keys: string[]): number | null {
  for (const key of keys) {
    const value = data[key]
    if (typeof value === 'number') return value
  }
  return null
}
