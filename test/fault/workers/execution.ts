import worker, {
  AsClient as RealAsClient,
  BreakerStates as RealBreakerStates,
  ConnectorTest as RealConnectorTest,
  Runner as RealRunner,
  SecretCheck as RealSecretCheck,
} from '../../../workers/execution/src/index.ts'
import { failHandlers, faultyDoor, faultyHandlers, withFaults } from './faults.ts'

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

export default faultyHandlers(worker)
