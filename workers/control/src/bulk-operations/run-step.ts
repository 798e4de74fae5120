import { AppError, errorMessage } from '@orchestrator/shared/core/errors'
import type { Shard } from '@orchestrator/shared/db/shards'
import { claimChecks } from '@orchestrator/shared/jobs/claim-checks'
import type { NextJob } from '@orchestrator/shared/jobs/ordering'
import type { ErrorReporter } from '@orchestrator/shared/telemetry/sentry'
import type { Deps } from '../deps.ts'
import { act } from './act.ts'
import { MAX_MESSAGES } from './constants.ts'
import { findOperation } from './get.ts'
import type { Operation } from './operation.ts'
import { choose } from './queries.ts'
import { countDeaths } from './queries-dead-letters.ts'
import { sourceOf } from './sources.ts'
import { step, type StepDeps } from './step.ts'
import { rest, saveProgress } from './store.ts'
import { tellEnd } from './tell.ts'

/** The next step of an operation, on the real things. Answers when the one after it is due, ms; null: none. */
export function runStep(deps: Deps, reporter: ErrorReporter, id: string): Promise<number | null> {
  return step(stepDeps(deps, reporter), id)
}

function stepDeps(deps: Deps, reporter: ErrorReporter): StepDeps {
  const own = (operation: Operation): Shard => shardOr503(deps.shardOf(operation.id))
  const numbered = (number: number): Shard => shardOr503(deps.shardNumbered(number))
  return {
    now: deps.now,
    read: (id) => findOperation(deps, id),
    save: (operation, progress) => own(operation).write((db) => saveProgress(db, operation, progress)),
    rest: (operation) => own(operation).write((db) => rest(db, operation)),
    choose: ({ target, createdAt }, shard, after, want) => choose(sourceOf(target, createdAt), numbered(shard), after, want),
    act: (operation, shard, keys) => act(deps, operation, numbered(shard), keys),
    send: (jobs) => send(deps, jobs),
    async countDeaths({ id }, from, until) {
      const shards = await deps.liveShards()
      const counts = await Promise.all(shards.map((shard) => shard.read((db) => countDeaths(db, id, from, until))))
      return counts.reduce((total, count) => total + count, 0)
    },
    tell: (operation) => tellEnd(deps, operation),
    report(operation, error) {
      const cause = errorMessage(error instanceof AppError && error.cause !== undefined ? error.cause : error)
      deps.logger.log('error', 'a step of a bulk operation failed', { id: operation?.id, cause })
      reporter.report(error, operation && { id: operation.id })
    },
  }
}

function shardOr503(shard: Shard | undefined): Shard {
  if (!shard) throw new AppError('unavailable', 'A shard of this operation is not bound any more.')
  return shard
}

/** What cannot be sent is left to the sweep. */
async function send(deps: Deps, jobs: readonly NextJob[]): Promise<void> {
  const batches = [...claimChecks(jobs, deps.now())].flatMap(([queue, messages]) =>
    Array.from({ length: Math.ceil(messages.length / MAX_MESSAGES) }, (_, n) => ({
      queue,
      messages: messages.slice(n * MAX_MESSAGES, (n + 1) * MAX_MESSAGES),
    })),
  )
  await Promise.all(
    batches.map(async ({ queue, messages }) => {
      try {
        await deps.sendJobs(queue, messages)
      } catch (error) {
        const cause = errorMessage(error)
        deps.logger.log('warn', 'messages of a bulk operation could not be sent; the sweep will', { queue, cause })
      }
    }),
  )
}
