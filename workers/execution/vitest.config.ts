import { workerProject } from '../../test/worker-project.ts'
import { answerOutbound } from './src/testing/upstream.ts'

export default workerProject({
  name: 'execution',
  folder: 'workers/execution',
  include: ['src/**/*.test.ts'],
  wrangler: 'workers/execution/wrangler.toml',
  bindings: {
    SECRETS_KEY: 'secrets_key_development_only',
    BILLING_CREDENTIAL: 'billing_development_only',
  },
  miniflare: { outboundService: answerOutbound },
})
