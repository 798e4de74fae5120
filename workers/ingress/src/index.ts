import { createIngress } from './app.ts'

export { ProviderLimiter } from './protection/provider-limiter.do.ts'

export default createIngress() satisfies ExportedHandler
