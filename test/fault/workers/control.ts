import worker, { BulkRunner as RealBulkRunner, ConsoleApi as RealConsoleApi } from '../../../workers/control/src/index.ts'
import { faultyHandlers, withFaults } from './faults.ts'

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

export default faultyHandlers(worker)
