import worker from '../../../workers/execution/src/index.ts'
import { failHandlers, switchFaults, withFaults } from './faults.ts'

export { CircuitBreaker, RateLimiter } from '../../../workers/execution/src/index.ts'

/** The real execution Worker behind bindings that can fail, and handlers that can throw. */
export default {
  async fetch(request, env, ctx) {
    const switched = await switchFaults(request)
    if (switched) return switched
    failHandlers()
    return worker.fetch(request, withFaults(env), ctx)
  },
  async queue(batch, env, ctx) {
    failHandlers()
    return worker.queue(batch, withFaults(env), ctx)
  },
  async scheduled(controller, env, ctx) {
    failHandlers()
    return worker.scheduled(controller, withFaults(env), ctx)
  },
} satisfies ExportedHandler<object>
