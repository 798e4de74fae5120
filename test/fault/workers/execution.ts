import worker, { Runner as RealRunner } from '../../../workers/execution/src/index.ts'
import { failHandlers, switchFaults, withFaults } from './faults.ts'

export { AsClient, CircuitBreaker, ConnectorTest, RateLimiter, SecretCheck } from '../../../workers/execution/src/index.ts'

/** Like the handlers: its bindings fail, or it throws. */
export class Runner extends RealRunner {
  constructor(context: ExecutionContext, env: object) {
    super(context, withFaults(env))
  }

  override async run(...group: Parameters<RealRunner['run']>): ReturnType<RealRunner['run']> {
    failHandlers()
    return super.run(...group)
  }
}

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
