import worker, {
  AsClient as RealAsClient,
  BreakerStates as RealBreakerStates,
  ConnectorTest as RealConnectorTest,
  Runner as RealRunner,
  SecretCheck as RealSecretCheck,
} from '../../../workers/execution/src/index.ts'
import { failHandlers, faultyDoor, switchFaults, withFaults } from './faults.ts'

export { CircuitBreaker, RateLimiter } from '../../../workers/execution/src/index.ts'

/** Like the handlers: its bindings fail, or it throws. */
export class Runner extends RealRunner {
  constructor(context: ExecutionContext, env: object) {
    super(context, withFaults(env))
  }

  override async run(...group: Parameters<RealRunner['run']>): ReturnType<RealRunner['run']> {
    await failHandlers()
    return super.run(...group)
  }
}

export class AsClient extends faultyDoor(RealAsClient) {}
export class BreakerStates extends faultyDoor(RealBreakerStates) {}
export class ConnectorTest extends faultyDoor(RealConnectorTest) {}
export class SecretCheck extends faultyDoor(RealSecretCheck) {}

/** The real execution Worker behind bindings that can fail, and handlers that can throw. */
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
