/**
 * The life of a job (docs/architecture.md), pure. Every guarded update in this room takes its states from this table.
 */
import { JOB_STATES, type JobState } from '../contracts/jobs.ts'

/** What can happen to a job. */
export const JOB_EVENTS = [
  /** Its time came. */
  'due',
  /** A consumer took it, with a lease and a token. */
  'claim',
  /** The lease ran out and another consumer took it over: the last attempt's outcome is unknown. */
  'reclaim',
  'succeed',
  /** A failure worth another attempt, with attempts left. */
  'retry',
  /** Refused before the call (rate limit, open breaker): costs no attempt. */
  'defer',
  /** An operator paused what it needs. */
  'hold',
  'resume',
  /** A terminal failure, attempts or time exhausted. */
  'die',
  /** The platform dead-lettered its messages too often: dead wherever it was. */
  'abandon',
  'cancel',
  /** Back to work as the next generation. */
  'replay',
  /** An operator takes it out of the hands that hold it, or out of its wait: to be tried at once, … */
  'put_back',
  /** … because the work is known to be done, … */
  'confirm',
  /** … or is not to be done. */
  'give_up',
  'withdraw',
] as const
export type JobEvent = (typeof JOB_EVENTS)[number]

/** What an operator may make of whatever is not finished. */
const RESOLVED = { put_back: 'queued', confirm: 'succeeded', give_up: 'dead', withdraw: 'cancelled' } as const

/** The transition table. What is not listed is refused. */
export const TRANSITIONS: Readonly<Record<JobState, Readonly<Partial<Record<JobEvent, JobState>>>>> = {
  scheduled: { due: 'queued', abandon: 'dead', cancel: 'cancelled', ...RESOLVED },
  queued: { claim: 'running', abandon: 'dead', cancel: 'cancelled', ...RESOLVED },
  running: {
    reclaim: 'running',
    succeed: 'succeeded',
    retry: 'retrying',
    defer: 'queued',
    hold: 'held',
    die: 'dead',
    abandon: 'dead',
    ...RESOLVED,
  },
  retrying: { claim: 'running', abandon: 'dead', cancel: 'cancelled', ...RESOLVED },
  held: { resume: 'queued', abandon: 'dead', cancel: 'cancelled', ...RESOLVED },
  succeeded: {},
  dead: { replay: 'queued' },
  cancelled: {},
}

/** The state after an event, or `null` when the event is refused in this state. */
export function nextState(state: JobState, event: JobEvent): JobState | null {
  return TRANSITIONS[state][event] ?? null
}

/** The states in which an event is allowed: what a guarded update puts into its WHERE. */
export function statesAllowing(event: JobEvent): JobState[] {
  return JOB_STATES.filter((state) => nextState(state, event) !== null)
}

/** The states whose jobs a consumer may take once their time has come: a held or scheduled job passes `queued` on the way. */
export const CLAIMABLE_STATES: readonly JobState[] = JOB_STATES.filter((state) => {
  const waiting = nextState(state, 'due') ?? nextState(state, 'resume') ?? state
  return nextState(waiting, 'claim') !== null
})

/** Whether nothing more happens to a job by itself. */
export function isFinished(state: JobState): boolean {
  return state === 'succeeded' || state === 'dead' || state === 'cancelled'
}

/** State names as an SQL list: `'queued', 'retrying'`. They are constants of this file, never input. */
export function sqlStates(states: readonly JobState[]): string {
  return states.map((state) => `'${state}'`).join(', ')
}
