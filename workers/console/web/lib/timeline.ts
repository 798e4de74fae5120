import type { Attempt, Event, JobDetail } from '@orchestrator/shared/contracts/control-api'
import { type EventData, describeEvent } from './timeline-events.ts'
import type { Tone } from './labels.ts'

/** What kind of thing happened; decides the mark on the line. */
export type TimelineMark =
  | 'accepted'
  | 'queued'
  | 'attempt'
  | 'waiting'
  | 'held'
  | 'succeeded'
  | 'dead'
  | 'replayed'
  | 'note'
  | 'pending'

export interface TimelineEntry {
  /** Unique, and stable while the job is polled. */
  key: string
  at: string
  mark: TimelineMark
  tone: Tone
  title: string
  /** What is known besides, in order of weight. */
  facts: string[]
  /** Why: the error, or the reason somebody gave. */
  note: string | null
  /** Set on attempts. */
  attempt: Attempt | null
  /** After an attempt that was not the last: how long until the next one, ms. `planned` while it has not begun. */
  wait: { ms: number; planned: boolean } | null
}

type TimelineJob = Pick<
  JobDetail,
  'id' | 'status' | 'queue' | 'createdAt' | 'nextAttemptAt' | 'finishedAt' | 'maxAttempts' | 'attempts' | 'events'
>

type Happening = { at: number; order: number[] } & ({ kind: 'event'; event: Event } | { kind: 'attempt'; attempt: Attempt })

/**
 * The story of a job, oldest first: its attempts and its events in one line by time, ties by their place in the log.
 * `job.retrying` is told by the attempt it follows. Ends with what the job is waiting for, while it is not finished.
 */
export function buildTimeline(job: TimelineJob): TimelineEntry[] {
  const happenings = [...job.events.map(fromEvent), ...job.attempts.map(fromAttempt)].sort(compareHappenings)
  const entries: TimelineEntry[] = []
  let lastAttempt: TimelineEntry | null = null
  for (const happening of happenings) {
    if (happening.kind === 'attempt') {
      lastAttempt = attemptEntry(happening.attempt, job)
      entries.push(lastAttempt)
    } else if (happening.event.type === 'job.retrying' && lastAttempt?.attempt) {
      lastAttempt.wait ??= plannedWait(happening.event, lastAttempt.attempt)
    } else {
      entries.push(eventEntry(happening.event))
    }
  }
  if (!entries.some((entry) => entry.mark === 'accepted' || entry.mark === 'queued')) entries.unshift(createdEntry(job))
  const pending = pendingEntry(job)
  return pending ? [...entries, pending] : entries
}

function fromEvent(event: Event): Happening {
  return { kind: 'event', event, at: Date.parse(event.at), order: logPosition(event.id) }
}

function fromAttempt(attempt: Attempt): Happening {
  return { kind: 'attempt', attempt, at: Date.parse(attempt.startedAt), order: logPosition(attempt.id) }
}

/** `evt_00.123.1` → [0, 123, 1]; `att_00.123` → [0, 123, -1], so that an attempt comes before the events of its own row. */
function logPosition(id: string): number[] {
  const [shard = '', seq = '', index] = id.replace(/^[a-z]+_/, '').split('.')
  return [Number(shard) || 0, Number(seq) || 0, index === undefined ? -1 : Number(index) || 0]
}

function compareHappenings(a: Happening, b: Happening): number {
  if (a.at !== b.at) return a.at - b.at
  for (let i = 0; i < 3; i++) {
    const difference = (a.order[i] ?? 0) - (b.order[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function attemptEntry(attempt: Attempt, job: TimelineJob): TimelineEntry {
  const total = attempt.generation === currentGeneration(job) ? job.maxAttempts : null
  return {
    key: attempt.id,
    at: attempt.startedAt,
    mark: 'attempt',
    tone: attempt.outcome === 'success' ? 'success' : attempt.outcome === 'unknown' ? 'warning' : 'danger',
    title: total === null ? `Attempt ${attempt.attempt}` : `Attempt ${attempt.attempt} of ${total}`,
    facts: [],
    note: attempt.outcome === 'unknown' ? unknownNote(attempt) : attempt.error,
    attempt,
    wait: realWait(attempt, job.attempts),
  }
}

function currentGeneration(job: TimelineJob): number {
  return Math.max(...job.attempts.map((attempt) => attempt.generation))
}

function unknownNote(attempt: Attempt): string {
  return `${attempt.error ?? 'No answer came.'} The call was sent, so the upstream may have acted on it.`
}

/** From the end of this attempt to the start of the next one of the same generation. */
function realWait(attempt: Attempt, attempts: readonly Attempt[]): TimelineEntry['wait'] {
  const next = attempts.find((other) => other.generation === attempt.generation && other.attempt === attempt.attempt + 1)
  if (!next) return null
  return { ms: Math.max(0, Date.parse(next.startedAt) - endOf(attempt)), planned: false }
}

function plannedWait(event: Event, attempt: Attempt): TimelineEntry['wait'] {
  const ms = plannedDelay(event.data, endOf(attempt))
  return ms === null ? null : { ms, planned: true }
}

function plannedDelay(data: EventData, from: number): number | null {
  if (typeof data['delayMs'] === 'number') return data['delayMs']
  const due = data['dueAt'] ?? data['nextAttemptAt']
  const at = typeof due === 'number' ? due : typeof due === 'string' ? Date.parse(due) : Number.NaN
  return Number.isNaN(at) ? null : Math.max(0, at - from)
}

function endOf(attempt: Attempt): number {
  return Date.parse(attempt.startedAt) + attempt.durationMs
}

function eventEntry(event: Event): TimelineEntry {
  return { key: event.id, at: event.at, attempt: null, wait: null, ...describeEvent(event) }
}

function createdEntry(job: TimelineJob): TimelineEntry {
  return {
    key: `${job.id}-created`,
    at: job.createdAt,
    mark: 'queued',
    tone: 'neutral',
    title: 'Created',
    facts: [`queue ${job.queue}`],
    note: null,
    attempt: null,
    wait: null,
  }
}

function pendingEntry(job: TimelineJob): TimelineEntry | null {
  const title = pendingTitle(job)
  if (title === null) return null
  return {
    key: `${job.id}-pending`,
    at: job.nextAttemptAt ?? job.createdAt,
    mark: 'pending',
    tone: 'neutral',
    title,
    facts: [],
    note: null,
    attempt: null,
    wait: null,
  }
}

function pendingTitle(job: TimelineJob): string | null {
  switch (job.status) {
    case 'scheduled':
      return 'Waiting until it is due'
    case 'queued':
      return `Waiting in the ${job.queue} queue`
    case 'running':
      return 'An attempt is being made now'
    case 'retrying':
      return 'Waiting for the next attempt'
    case 'held':
      return 'Held until an operator resumes it'
    case 'succeeded':
    case 'dead':
    case 'cancelled':
      return null
  }
}
