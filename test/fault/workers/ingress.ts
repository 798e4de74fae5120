import worker from '../../../workers/ingress/src/index.ts'
import { faultyHandlers } from './faults.ts'

export * from '../../../workers/ingress/src/index.ts'

export default faultyHandlers(worker)
