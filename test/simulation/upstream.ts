import { cutOff } from '@orchestrator/shared/policy/cut-off'
import type { Call, CallEnd } from '@orchestrator/shared/policy/types'
import type { HttpCall } from '../../workers/execution/src/connectors/http-connector.ts'
import type { Actor } from './actor.ts'
import type { Core } from './core.ts'

/** `job_`, two digits of the shard, a ULID. */
const ID_LENGTH = 32

/** What an upstream may do with a call instead of doing it and saying so. */
const MISHAPS = [
  /** Answers that say what became of it. */
  { status: 500, acts: false },
  { status: 503, acts: false },
  { status: 429, acts: false },
  { status: 400, acts: false },
  { status: 410, acts: false },
  /** Acts, and says that it failed. */
  { status: 500, acts: true },
  /** No answer: refused, lost on the way, silent for ever, silent and acting long after we gave up. */
  { status: 'network', acts: false },
  { status: 'network', acts: true },
  { status: 'silence', acts: false },
  { status: 'silence', acts: true },
  { status: 'late', acts: true },
  /** Never sent. */
  { status: 'config', acts: false },
  { status: 'own failure', acts: false },
] as const
type Mishap = (typeof MISHAPS)[number]
const FINE = { status: 200, acts: true } as const

/** One call that was issued. */
export interface Issued {
  jobId: string
  key: string
  at: number
  /** When it was over for us, whatever the upstream does. */
  endedAt: number | null
}

/** Something that the upstream did, under a key that it had not seen. */
export interface Effect {
  jobId: string
  key: string
  at: number
  call: Issued
}

/**
 * All upstreams: what they were asked, and what they did. They know their keys, as payment APIs do: a key that acted acts no
 * second time. With `storesErrors` an answer is kept too, whatever it was: those are the ones for which keys are renewed.
 */
export class Upstream {
  readonly issued: Issued[] = []
  readonly effects: Effect[] = []
  readonly #answers = new Map<string, number>()
  readonly #core: Core
  readonly #storesErrors: (connector: string) => boolean

  constructor(core: Core, storesErrors: (connector: string) => boolean) {
    this.#core = core
    this.#storesErrors = storesErrors
  }

  call(actor: Actor, http: HttpCall): Promise<Call> {
    const { rng, scheduler, faults } = this.#core
    const jobId = jobOf(http)
    if (!http.input.ok) this.#core.fail(`${jobId}: has no input: ${http.input.error}`)
    const mishap: Mishap | typeof FINE = rng.chance(faults.upstream) ? rng.pick(MISHAPS) : FINE
    const startedAt = actor.now()
    return new Promise((resolve, reject) => {
      if (!actor.alive || actor.mayCrash(`before the call of ${jobId}`)) return
      if (http.signal.aborted) return reject(new Error('the call was not sent'))
      if (mishap.status === 'own failure') {
        return void scheduler.after(rng.int(1, 1_000), () => actor.alive && reject(new Error('a secret could not be read')))
      }
      const issued: Issued = { jobId, key: http.idempotencyKey, at: scheduler.now, endedAt: null }
      if (mishap.status !== 'config') this.issued.push(issued)
      const end = (how: CallEnd): void => {
        if (issued.endedAt !== null) return
        issued.endedAt = scheduler.now
        actor.trace(`call of ${jobId} ends: ${JSON.stringify(how)}`)
        if (!actor.alive || actor.mayCrash(`after the call of ${jobId}`)) return
        resolve(record(http, how, startedAt, actor.now()))
      }
      actor.trace(`calls for ${jobId} under ${http.idempotencyKey}: ${mishap.status}${mishap.acts ? ', acts' : ''}`)
      http.signal.addEventListener('abort', () => end(cutOff(http.signal, http.attemptMs)))
      if (mishap.status === 'config') return end({ kind: 'config', error: 'the address is refused' })
      scheduler.after(mishap.status === 'late' ? http.attemptMs + rng.int(1, 300_000) : this.#travel(), () => {
        const answer = this.#arrive(issued, http.connector.id, mishap)
        if (mishap.status === 'silence' || mishap.status === 'late') return
        scheduler.after(this.#travel(), () => end(answer))
      })
    })
  }

  /** The call is there. What a key was answered before, it is answered again. */
  #arrive(call: Issued, connector: string, { status, acts }: Mishap | typeof FINE): CallEnd {
    const { rng, scheduler } = this.#core
    const stores = this.#storesErrors(connector)
    const known = this.#answers.get(call.key)
    const drawn = typeof status === 'number' ? status : 200
    // An upstream that stores errors has not acted when it says that it failed: else nobody could renew a key.
    const actsNow = acts && !(stores && drawn !== 200)
    if (known === undefined && actsNow) {
      this.effects.push({ jobId: call.jobId, key: call.key, at: scheduler.now, call })
      this.#core.trace(`upstream acts for ${call.jobId} under ${call.key}`)
    }
    if (known === undefined && (actsNow || (stores && typeof status === 'number')))
      this.#answers.set(call.key, actsNow ? 200 : drawn)
    if (status === 'network') return { kind: 'network', error: 'connection reset' }
    const answer = known ?? drawn
    const headers: Record<string, string> = answer === 503 || answer === 429 ? { 'retry-after': String(rng.int(0, 90)) } : {}
    return { kind: 'answered', status: answer, headers, success: null }
  }

  #travel(): number {
    const { rng } = this.#core
    return rng.chance(0.1) ? rng.int(500, 12_000) : rng.int(1, 100)
  }
}

/** A job's id is the beginning of its key. */
export function jobOf(http: HttpCall): string {
  return http.idempotencyKey.slice(0, ID_LENGTH)
}

function record(http: HttpCall, end: CallEnd, startedAt: number, now: number): Call {
  return {
    end,
    operation: http.operation.name,
    method: http.operation.method,
    url: `${http.connector.baseUrl}${http.operation.path}`,
    startedAt,
    durationMs: now - startedAt,
    idempotencyKey: http.idempotencyKey,
    excerpt: null,
    body: { done: true },
  }
}
