import { createIngress } from './app.ts'

export { ProviderLimiter } from './protection/provider-limiter.do.ts'
export { SecretCheck } from './secret-check/secret-check.ts'

export default createIngress() satisfies ExportedHandler
