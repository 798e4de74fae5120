import { newId } from '@orchestrator/shared/core/ids'
import type { AcceptedJob, AcceptedWebhook } from '@orchestrator/shared/inbox/accepted'
import { jobMessages } from '@orchestrator/shared/inbox/job-messages'
import { storeAccepted } from '@orchestrator/shared/inbox/store-accepted'
import { QUEUE_NAMES } from '@orchestrator/shared/contracts/queue'
import { CONNECTORS, OPERATION, STRICT } from './configuration.ts'
import type { World } from './world.ts'

export const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const DAY = 86_400_000

/** A webhook whose sender was told that it is accepted. */
export interface Accepted {
  inboxId: string
  jobIds: string[]
}

/** Webhooks come in, each with a job or two; some of them share an ordering key. */
export class Senders {
  readonly accepted: Accepted[] = []
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** They come over this time, ms. */
  begin(count: number, ms: number): void {
    for (let i = 0; i < count; i++) {
      this.#world.scheduler.after(this.#world.rng.int(0, ms), () => this.#deliver(this.#webhook()))
    }
  }

  /** The sender repeats itself until it is told that the webhook is accepted. */
  #deliver(record: AcceptedWebhook): void {
    const again = () => void this.#world.scheduler.after(this.#world.rng.int(1_000, 60_000), () => this.#deliver(record))
    const ingress = this.#world.newActor('ingress', again)
    const store = async () => {
      const now = ingress.now()
      await storeAccepted(this.#world.data(ingress, { kind: 'create' }), record, { now })
      if (!this.accepted.some(({ inboxId }) => inboxId === record.id)) {
        this.accepted.push({ inboxId: record.id, jobIds: record.jobs.map(({ id }) => id) })
      }
      for (const { queue, messages } of jobMessages(record, { createdAt: record.receivedAt, now })) {
        await this.#world
          .sendJobs(ingress)(queue, messages)
          .catch(() => undefined)
      }
    }
    store().catch(again)
  }

  #webhook(): AcceptedWebhook {
    const { rng, scheduler, configuration } = this.#world
    const id = newId('whk', 0, scheduler.now, rng.next)
    const connectors = rng.shuffled(CONNECTORS).slice(0, rng.int(1, 2))
    const jobs = connectors.map((connector) => this.#job(connector))
    const body = JSON.stringify({ jobs: Object.fromEntries(jobs.map((job) => [job.connector, job.id])) })
    return {
      v: 1,
      id,
      provider: 'shop',
      dedupeKeys: [`id:${id}`],
      reviveDead: true,
      dedupeWindowMs: 7 * DAY,
      eventId: id,
      type: 'order.paid',
      status: 'accepted',
      note: null,
      receivedAt: scheduler.now,
      path: '/webhooks/shop',
      query: '',
      headers: [['content-type', 'application/json']],
      contentType: 'application/json',
      bodySize: body.length,
      bodyEncoding: 'utf8',
      body,
      verification: {},
      trace: TRACE,
      configRevision: configuration.newest.revision,
      resendGraceMs: configuration.newest.settings.resendGraceMs,
      jobs,
      routeFailures: [],
    }
  }

  #job(connector: (typeof CONNECTORS)[number]): AcceptedJob {
    const { rng, scheduler } = this.#world
    const ordered = rng.chance(0.6) ? rng.pick(this.#world.lines) : null
    const delaySeconds = rng.chance(0.2) ? rng.int(1, 900) : rng.chance(0.03) ? 100_000 : 0
    return {
      id: newId('job', 0, scheduler.now, rng.next),
      state: delaySeconds > 0 ? 'scheduled' : 'queued',
      queue: rng.pick(QUEUE_NAMES),
      route: `to-${connector}`,
      connector,
      operation: OPERATION,
      policy: connector === 'ledger' && rng.chance(0.3) ? STRICT : null,
      delaySeconds,
      orderingKey: ordered?.key ?? null,
      // The route may say otherwise by the time a job of the same key is made.
      onDeath: ordered && rng.chance(0.9) ? ordered.onDeath : rng.pick(['release', 'block']),
    }
  }
}
