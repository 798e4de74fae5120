import { createLogger } from '@orchestrator/shared/telemetry/logger'
import { createErrorReporter } from '@orchestrator/shared/telemetry/sentry'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { versionOf } from '@orchestrator/shared/http/app'
import { DurableObject } from 'cloudflare:workers'
import { createDeps } from '../deps.ts'
import { parseEnv } from '../env.ts'
import { MAX_RETRY_MS } from './constants.ts'
import { runStep } from './run-step.ts'

const ID = 'id'

/**
 * Takes the steps of one bulk operation, one at a time. It only keeps the time: everything else stands in the operation's row, so
 * that whatever is lost here is found there by the cron.
 */
export class BulkRunner extends DurableObject<unknown> {
  /** Has the next step taken now, or as soon as the operation's row says. */
  async wake(id: string): Promise<void> {
    await this.ctx.storage.put(ID, id)
    const alarm = await this.ctx.storage.getAlarm()
    const now = Date.now()
    if (alarm === null || alarm > now) await this.ctx.storage.setAlarm(now)
  }

  override async alarm(): Promise<void> {
    const id = await this.ctx.storage.get<string>(ID)
    if (id === undefined) return
    const next = await this.#step(id)
    // Somebody may have woken it meanwhile.
    const alarm = await this.ctx.storage.getAlarm()
    if (next !== null) await this.ctx.storage.setAlarm(Math.min(next, alarm ?? next))
    else if (alarm === null) await this.ctx.storage.deleteAll()
  }

  /** The platform gives an alarm that throws up after some tries: it never throws. */
  async #step(id: string): Promise<number | null> {
    const logger = createLogger({ worker: 'control' })
    try {
      const env = parseEnv(this.env)
      const release = `control@${versionOf(env)}`
      const { SENTRY_DSN: dsn, ENVIRONMENT: environment } = env
      const reporter = createErrorReporter({ dsn, release, environment, context: this.ctx, traceId: undefined })
      return await runStep(createDeps(env, createLogger({ worker: 'control', release })), reporter, id)
    } catch (error) {
      logger.log('error', 'a bulk operation cannot take its step', { id, cause: errorMessage(error) })
      return Date.now() + MAX_RETRY_MS
    }
  }
}
