import type { ConfigSnapshot, Pause } from '@orchestrator/shared/contracts/config'
import { operation } from '@orchestrator/shared/contracts/connector'
import type { Policy } from '@orchestrator/shared/contracts/policy'
import { QUEUE_NAMES } from '@orchestrator/shared/contracts/queue'
import type { Core } from './core.ts'
import type { Rng } from './random.ts'

export const CONNECTORS = ['ledger', 'mail', 'crm'] as const
/** Of a webhook's jobs: the ledger under a policy of its own. */
export const STRICT = 'strict'
export const OPERATION = 'do'

/** What attempts may take at the longest differs from revision to revision, ms. */
const LONGEST_ATTEMPTS_MS = [5_000, 10_000, 60_000] as const

/** An isolate knows a change of the configuration after this, ms. */
const MAX_AGE_MS = 5_000

/** The configuration and its history. */
export class Configuration {
  readonly #core: Core
  readonly #revisions: ConfigSnapshot[]

  constructor(core: Core) {
    this.#core = core
    this.#revisions = [firstRevision(core.rng, core.scheduler.now)]
  }

  get newest(): ConfigSnapshot {
    return this.#revisions.at(-1) as ConfigSnapshot
  }

  /** What some isolate holds for the newest. */
  held(): ConfigSnapshot {
    const seenAt = this.#core.scheduler.now - this.#core.rng.int(0, MAX_AGE_MS)
    return this.#revisions.findLast(({ publishedAt }) => publishedAt <= seenAt) ?? (this.#revisions[0] as ConfigSnapshot)
  }

  pinned(revision: number): ConfigSnapshot | undefined {
    return this.#revisions.find((one) => one.revision === revision)
  }

  pause(pauses: readonly Pause[]): void {
    this.#core.trace(`paused: ${JSON.stringify(pauses)}`)
    this.#publish({ pauses: [...pauses] })
  }

  /** Policies get new numbers; jobs keep those of the revision that they were made under. */
  changePolicies(): void {
    const { rng } = this.#core
    const longestMs = rng.pick(LONGEST_ATTEMPTS_MS)
    const policies = this.newest.policies.map(({ id, idempotency }) => drawPolicy(rng, id, idempotency.keyPer, longestMs))
    this.#core.trace(`policies: ${JSON.stringify(policies)}`)
    this.#publish({ policies })
  }

  #publish(changes: Partial<ConfigSnapshot>): void {
    const { newest } = this
    this.#revisions.push({ ...newest, ...changes, revision: newest.revision + 1, publishedAt: this.#core.scheduler.now })
  }

  /** What holds for a job: by the revision that it pinned. */
  policyOf(job: { connector: string; policy: string | null; configRevision: number }): Policy {
    const config = this.pinned(job.configRevision)
    const id = job.policy ?? config?.connectors.find((one) => one.id === job.connector)?.policy
    const found = config?.policies.find((policy) => policy.id === id)
    if (!found) throw new Error(`no policy ${id}`)
    return found
  }

  /** Upstreams that keep their errors are those for which keys are renewed. */
  storesErrors(connector: string): boolean {
    return this.policyOf({ connector, policy: null, configRevision: 1 }).idempotency.keyPer === 'attempt'
  }
}

/** What operators pause. */
export function drawPause(rng: Rng): Pause {
  return rng.chance(0.7) ? { kind: 'connector', id: rng.pick(CONNECTORS) } : { kind: 'queue', id: rng.pick(QUEUE_NAMES) }
}

function firstRevision(rng: Rng, now: number): ConfigSnapshot {
  const longestMs = rng.pick(LONGEST_ATTEMPTS_MS)
  const keyPer = { ledger: 'job', mail: 'attempt', crm: 'job' } as const
  return {
    revision: 1,
    publishedAt: now - 60_000,
    providers: [],
    routes: CONNECTORS.map((connector) => ({
      id: `to-${connector}`,
      provider: 'shop',
      enabled: true,
      eventTypes: ['*'],
      filter: null,
      connector,
      operation: OPERATION,
      input: `{"job": jobs.${connector}}`,
      queue: 'webhook',
      policy: null,
      delaySeconds: 0,
      orderingKey: null,
      onDeath: 'release',
    })),
    connectors: CONNECTORS.map((id) => ({
      id,
      baseUrl: `https://${id}.example`,
      auth: { kind: 'none' },
      headers: {},
      policy: id,
      responseLimitBytes: 1_000,
      egress: { redirects: 0, allowedHosts: [] },
      resumedAt: null,
      breakerResetAt: null,
    })),
    operations: CONNECTORS.map((connector) =>
      operation.parse({ connector, name: OPERATION, method: connector === 'crm' ? 'PUT' : 'POST', path: '/do', body: '$' }),
    ),
    policies: [...CONNECTORS.map((id) => drawPolicy(rng, id, keyPer[id], longestMs)), drawPolicy(rng, STRICT, 'job', longestMs)],
    secrets: [],
    breakerOverrides: [],
    pauses: [],
    clients: [],
    settings: { writeShard: 0, liveShards: [0], resendGraceMs: rng.pick([15_000, 120_000]) },
  }
}

function drawPolicy(rng: Rng, id: string, keyPer: 'job' | 'attempt', longestMs: number): Policy {
  return {
    id,
    timeout: { perAttemptMs: rng.int(500, longestMs), totalMs: rng.pick([600_000, 7_200_000, 86_400_000]) },
    retry: {
      maxAttempts: rng.int(1, 5),
      backoff: rng.pick(['exponential', 'linear']),
      baseMs: rng.int(500, 5_000),
      maxMs: rng.int(5_000, 300_000),
      jitter: rng.pick(['none', 'full', 'equal']),
      retryOn: ['429', '5xx', 'timeout', 'network'],
      stopOn: ['410'],
      respectRetryAfter: rng.chance(0.5),
      retryAfterCapMs: 60_000,
      resetHeaders: false,
      budget: rng.chance(0.2) ? { ratio: 0.2, minPerSecond: 0.1 } : null,
    },
    circuitBreaker: rng.chance(0.5)
      ? {
          windowMs: 60_000,
          minCalls: rng.int(2, 6),
          failureRate: 0.5,
          openMs: rng.int(2_000, 60_000),
          halfOpenCalls: rng.int(1, 2),
          countAsFailure: ['5xx', 'timeout', 'network'],
          onUnavailable: rng.pick(['failOpen', 'failClosed']),
        }
      : null,
    rateLimit: rng.chance(0.4)
      ? {
          limit: 1,
          perMs: rng.int(1_000, 20_000),
          burst: rng.int(0, 2),
          key: null,
          onUnavailable: rng.pick(['failOpen', 'failClosed']),
        }
      : null,
    concurrency: rng.chance(0.3)
      ? { limit: rng.int(1, 2), key: null, onUnavailable: rng.pick(['failOpen', 'failClosed']) }
      : null,
    hedge: rng.chance(0.3) ? { delayMs: rng.int(50, 2_000), max: rng.int(1, 2) } : null,
    autoPause: null,
    idempotency: { required: false, ttlMs: 86_400_000, keyPer },
  }
}
