import worker from '../../../workers/ingress/src/index.ts'
import { failHandlers, switchFaults, withFaults } from './faults.ts'

export * from '../../../workers/ingress/src/index.ts'

/** The real ingress behind bindings that can fail. */
export default {
  async fetch(request, env, ctx) {
    const switched = await switchFaults(request)
    if (switched) return switched
    await failHandlers()
    return worker.fetch(request, withFaults(env), ctx)
  },
} satisfies ExportedHandler<object>
