import worker from '../../workers/ingress/src/index.ts'
import { answerSpent, counting } from './counting.ts'

export * from '../../workers/ingress/src/index.ts'

/** The real ingress, counting what it spends. */
export default {
  fetch: async (request, env, ctx) => answerSpent(request) ?? (await worker.fetch(request, counting(env), ctx)),
} satisfies ExportedHandler<object>
