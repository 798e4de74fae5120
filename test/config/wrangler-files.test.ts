import { describe, it } from 'vitest'
import { unstable_readConfig as readConfig } from 'wrangler'

const root = new URL('../..', import.meta.url).pathname
const NAMES = ['ingress', 'execution', 'control', 'console'] as const
const files = Object.fromEntries(
  NAMES.map((name) => [name, readConfig({ config: `${root}workers/${name}/wrangler.toml` }, { hideWarnings: true })]),
)
const workers = Object.values(files)
type Database = { binding: string; database_name?: string; database_id?: string }
type Bucket = { bucket_name?: string }
type Consumer = { queue: string; dead_letter_queue?: string; max_batch_size?: number }

const QUEUES = ['webhook', 'critical', 'default', 'low']

describe('the wrangler files', () => {
  it('agree on the compatibility date, and none is reachable by a workers.dev or preview address', ({ expect }) => {
    expect(new Set(workers.map((worker) => worker.compatibility_date)).size).toBe(1)
    expect(workers.map((worker) => [worker.workers_dev, worker.preview_urls])).toEqual(NAMES.map(() => [false, false]))
  })

  it('name one database by one id and one set of migrations everywhere', ({ expect }) => {
    const seen = new Map<string, Set<string>>()
    for (const database of workers.flatMap((worker) => worker.d1_databases)) {
      const facts = seen.get(database.binding) ?? new Set()
      seen.set(
        database.binding,
        facts.add(JSON.stringify([database.database_id, database.database_name, database.migrations_dir])),
      )
    }
    expect([...seen.keys()].sort()).toEqual(['CONTROL_DB', 'DATA_00', 'DATA_01'])
    for (const facts of seen.values()) expect(facts.size).toBe(1)
    const ids = [...seen.values()].map((facts) => [...facts][0])
    expect(new Set(ids).size).toBe(3)
  })

  it('share the databases and the bucket of the manifest, from which nothing can be deployed', ({ expect }) => {
    const manifest = readConfig({ config: `${root}wrangler.toml` }, { hideWarnings: true })
    const ids = (worker: typeof manifest) =>
      worker.d1_databases.map((db: Database) => [db.binding, db.database_name, db.database_id])
    expect(manifest.main).toBeUndefined()
    for (const name of ['ingress', 'execution', 'control'] as const) {
      const worker = files[name]
      if (!worker) throw new Error(`no file of ${name}`)
      expect(ids(worker), name).toEqual(ids(manifest))
      expect(worker.r2_buckets.map((bucket: Bucket) => bucket.bucket_name)).toEqual(
        manifest.r2_buckets.map((bucket: Bucket) => bucket.bucket_name),
      )
    }
  })

  it('let execution consume the four queues, each with a dead-letter queue of its own', ({ expect }) => {
    const consumers = files.execution?.queues.consumers ?? []
    expect(consumers.map((consumer: Consumer) => [consumer.queue, consumer.dead_letter_queue])).toEqual(
      QUEUES.map((queue) => [queue, `${queue}-dlq`]),
    )
  })

  // https://developers.cloudflare.com/workers/runtime-apis/bindings/service-bindings/#limits
  it('give execution no batch that could need more Runners than the 32 invocations which one may begin with its own', ({
    expect,
  }) => {
    for (const { queue, max_batch_size } of (files.execution?.queues.consumers ?? []) as Consumer[]) {
      expect(max_batch_size, queue).toBeLessThanOrEqual(31)
    }
  })

  it('let control consume the four dead-letter queues', ({ expect }) => {
    expect((files.control?.queues.consumers ?? []).map((consumer: Consumer) => consumer.queue)).toEqual(
      QUEUES.map((queue) => `${queue}-dlq`),
    )
  })

  it('never let the platform give a message up early', ({ expect }) => {
    const consumers = workers.flatMap((worker) => worker.queues.consumers ?? [])
    expect(consumers).toHaveLength(8)
    for (const consumer of consumers) expect([consumer.max_retries, consumer.retry_delay]).toEqual([100, 10])
  })

  it('let one Worker at the most consume a queue', ({ expect }) => {
    const queues = workers.flatMap((worker) => worker.queues.consumers ?? []).map((consumer: Consumer) => consumer.queue)
    expect(new Set(queues).size).toBe(queues.length)
  })

  it('hold no development value', ({ expect }) => {
    for (const worker of workers) expect(JSON.stringify(worker.vars)).not.toMatch(/development|localhost/)
  })

  it('reach the console only from the console’s own entrypoint of control', ({ expect }) => {
    expect(files.console?.services).toEqual([{ binding: 'CONTROL', service: 'orchestrator-control', entrypoint: 'ConsoleApi' }])
  })
})
