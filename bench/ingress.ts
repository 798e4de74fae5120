import { join } from 'node:path'
import { onStopSignal } from '@orchestrator/dev/lib/stop-signals'
import { type Alone, startAlone } from '@orchestrator/dev/runtime/start-alone'
import { seed } from '@orchestrator/dev/runtime/seed'
import type { ConfigBindings } from '@orchestrator/shared/config/snapshot-store'
import { FLOOR_TABLES } from './lib/floor-tables.ts'
import { comparisonLines, measureBoth } from './lib/in-turns.ts'
import { LOAD_HELP, readLoad } from './lib/load-options.ts'
import { LoadClient } from './lib/load.ts'
import type { Side } from './lib/measure-side.ts'
import { createStateDir } from './lib/state-dir.ts'
import { formatTable } from './lib/table.ts'
import { webhookCosts } from './lib/webhook-costs.ts'
import { signedWebhooks } from './lib/webhooks.ts'

/**
 * The real ingress beside the floor of the design (`workers/floor.ts`), in the same run and in rounds that take turns, each in
 * a workerd of its own; then what each outcome of a webhook costs at the bindings. What it prints is judged by people: on a
 * busy machine only the ratios mean anything, and nothing fails here.
 */
const HELP = `pnpm bench:ingress [--quick] [--rounds N] [--seconds N] [--rate N] [--concurrency N]

Compares ingress with a Worker that only checks the HMAC, writes one D1 batch of three rows and sends one message; then counts
D1 rows, queue, Durable Object and R2 operations per accepted, duplicate, ignored and rejected webhook.

${LOAD_HELP}`

const INGRESS = 'orchestrator-ingress'
const COUNTED_WEBHOOKS = 20
/** Of the design, over the floor. */
const BUDGETS = { throughput: 0.85, p50: 1.2, cpu: 1.25 }

const load = readLoad(HELP)
const started: { stop(): Promise<unknown> }[] = []
const stopAll = async (): Promise<void> => void (await Promise.all(started.splice(0).map((one) => one.stop())))
onStopSignal(stopAll, 130)
try {
  say('starting the floor and ingress, each alone in its own runtime')
  const floor = await open('floor', 'workers/floor.ts')
  const db = await floor.worker.mf.getD1Database('DATA_00', INGRESS)
  await db.batch(FLOOR_TABLES.map((table) => db.prepare(table)))
  const ingress = await open('subject', undefined)
  const measured = await measureBoth(floor, ingress, load, say)
  console.log(`\nIngress over the floor, medians of ${load.rounds} rounds of ${load.seconds} s:`)
  const titles = ['', 'floor', 'ingress', 'ratio', 'by round', 'budget', '']
  console.log(formatTable([titles, ...comparisonLines(measured, load, BUDGETS)]))
  if (load.quick) console.log('  Too short to judge by: run it without --quick.')
  await stopAll()
  say('counting what each outcome costs')
  const { port } = await start('workers/ingress.ts')
  console.log(`\nWhat one webhook costs at the bindings of ingress (${COUNTED_WEBHOOKS} of each, one route):`)
  console.log(await webhookCosts(port, COUNTED_WEBHOOKS))
} finally {
  await stopAll()
}

async function start(main: string | undefined): Promise<Alone> {
  const path = main === undefined ? {} : { main: join(import.meta.dirname, main) }
  const worker = await startAlone(INGRESS, { ...path, stateDir: createStateDir() })
  started.push(worker)
  await seed(await worker.mf.getBindings<ConfigBindings>(INGRESS), worker.port, Date.now())
  return worker
}

async function open(name: Side['name'], main: string | undefined): Promise<Side> {
  const worker = await start(main)
  return { name, worker, client: new LoadClient(worker.port), requests: signedWebhooks }
}

function say(text: string): void {
  console.log(`${(performance.now() / 1_000).toFixed(0).padStart(4)} s  ${text}`)
}
