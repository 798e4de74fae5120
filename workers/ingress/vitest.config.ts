import { workerProject } from '../../test/worker-project.ts'

export default workerProject({
  name: 'ingress',
  folder: 'workers/ingress',
  include: ['src/**/*.test.ts'],
  wrangler: 'workers/ingress/wrangler.toml',
  bindings: {
    SECRETS_KEY: 'secrets_key_development_only',
    ROLLING_SECRET: 'whsec_development_only_rolling_new',
    ROLLING_SECRET_PREVIOUS: 'whsec_development_only_rolling_old',
  },
})
