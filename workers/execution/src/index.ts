import { createExecution } from './app.ts'

export { AsClient } from './as-client/as-client.ts'
export { BreakerStates } from './breaker-states/breaker-states.ts'
export { ConnectorTest } from './connector-test/connector-test.ts'
export { CircuitBreaker } from './durable/circuit-breaker.do.ts'
export { RateLimiter } from './durable/rate-limiter.do.ts'
export { Runner } from './runner/runner.ts'
export { SecretCheck } from './secret-check/secret-check.ts'

export default createExecution() satisfies ExportedHandler
