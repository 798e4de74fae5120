import worker, { Runner as RealRunner } from '../../workers/execution/src/index.ts'
import { answerSpent, counting } from './counting.ts'

// Every door and Durable Object as it is, but for the Runner.
export * from '../../workers/execution/src/index.ts'

export class Runner extends RealRunner {
  constructor(context: ExecutionContext, env: object) {
    super(context, counting(env))
  }
}

/** The real execution Worker, counting what it spends. */
export default {
  fetch: async (request, env, ctx) => answerSpent(request) ?? (await worker.fetch(request, counting(env), ctx)),
  queue: (batch, env, ctx) => worker.queue(batch, counting(env), ctx),
  scheduled: (controller, env, ctx) => worker.scheduled(controller, counting(env), ctx),
} satisfies ExportedHandler<object>
