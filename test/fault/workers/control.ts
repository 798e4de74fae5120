import worker, { BulkRunner as RealBulkRunner, ConsoleApi as RealConsoleApi } from '../../../workers/control/src/index.ts'
import { failHandlers, switchFaults, withFaults } from './faults.ts'

export class BulkRunner extends RealBulkRunner {
  constructor(context: DurableObjectState, env: object) {
    super(context, withFaults(env))
  }
}

export class ConsoleApi extends RealConsoleApi {
  constructor(context: ExecutionContext, env: object) {
    super(context, withFaults(env))
  }
}

/** The real control behind bindings that can fail. */
export default {
  async fetch(request, env, ctx) {
    const switched = await switchFaults(request)
    if (switched) return switched
    await failHandlers()
    return worker.fetch(request, withFaults(env), ctx)
  },
  async queue(batch, env, ctx) {
    await failHandlers()
    return worker.queue(batch, withFaults(env), ctx)
  },
  async scheduled(controller, env, ctx) {
    await failHandlers()
    return worker.scheduled(controller, withFaults(env), ctx)
  },
} satisfies ExportedHandler<object>
