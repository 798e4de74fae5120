import { workerProject } from '../../test/worker-project.ts'

/** Stores and guarded transitions, on the real D1 and R2 of the local runtime. */
export default workerProject({
  name: 'shared-workerd',
  folder: 'packages/shared',
  include: ['src/**/*.worker.test.ts'],
  miniflare: {
    d1Databases: ['CONTROL_DB', 'DATA_00', 'DATA_01'],
    r2Buckets: ['PAYLOADS'],
    secretsStoreSecrets: { STORED_ELSEWHERE: { store_id: 'store', secret_name: 'stored-elsewhere' } },
  },
})
