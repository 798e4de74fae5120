import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readArgs } from '@orchestrator/dev/lib/read-args'
import { onStopSignal } from '@orchestrator/dev/lib/stop-signals'
import { compareLine } from './lib/compare.ts'
import { FLOOR_TABLES } from './lib/floor-tables.ts'
import { LoadClient } from './lib/load.ts'
import { measureSaturated, measureSteady, type SaturatedRound, type Side, type SteadyRound } from './lib/measure-side.ts'
import { type Alone, startAlone } from '@orchestrator/dev/runtime/start-alone'
import { seed } from '@orchestrator/dev/runtime/seed'
import type { ConfigBindings } from '@orchestrator/shared/config/snapshot-store'
import { createStateDir } from './lib/state-dir.ts'
import { formatTable } from './lib/table.ts'
import { webhookCosts } from './lib/webhook-costs.ts'

/**
 * The real ingress beside the floor of the design (`workers/floor.ts`), in the same run and in rounds that take turns, each in
 * a workerd of its own; then what each outcome of a webhook costs at the bindings. What it prints is judged by people: on a
 * busy machine only the ratios mean anything, and nothing fails here.
 */
const HELP = `pnpm bench:ingress [--quick] [--rounds N] [--seconds N] [--rate N] [--concurrency N]

Compares ingress with a Worker that only checks the HMAC, writes one D1 batch of three rows and sends one message; then counts
D1 rows, queue, Durable Object and R2 operations per accepted, duplicate, ignored and rejected webhook.

  --rounds N        pairs of measurements, at the fixed rate and again at saturation (7)
  --seconds N       length of one measurement (3)
  --rate N          requests a second for the latencies (200)
  --concurrency N   requests at once for throughput and CPU time (32)
  --quick           2 rounds of 1 s: enough to see that it works, too little to judge by`

const INGRESS = 'orchestrator-ingress'
const WARM_UP_SECONDS = { thorough: 4, quick: 1 }
/** After a burst the runtime collects garbage for a while, ms. */
const REST_MS = { thorough: 500, quick: 100 }
const COUNTED_WEBHOOKS = 20

const { values } = readArgs(HELP, {
  options: {
    help: { type: 'boolean', short: 'h' },
    quick: { type: 'boolean' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    rate: { type: 'string' },
    concurrency: { type: 'string' },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
const rounds = atLeastOne('rounds', values.rounds ?? (values.quick ? '2' : '7'))
const seconds = atLeastOne('seconds', values.seconds ?? (values.quick ? '1' : '3'))
const rate = atLeastOne('rate', values.rate ?? '200')
const concurrency = atLeastOne('concurrency', values.concurrency ?? '32')

const started: { stop(): Promise<unknown> }[] = []
const stopAll = async (): Promise<void> => void (await Promise.all(started.splice(0).map((one) => one.stop())))
onStopSignal(stopAll, 130)
try {
  say('starting the floor and ingress, each alone in its own runtime')
  const floor = await open('floor', 'workers/floor.ts')
  const db = await floor.worker.mf.getD1Database('DATA_00', INGRESS)
  await db.batch(FLOOR_TABLES.map((table) => db.prepare(table)))
  const ingress = await open('ingress', undefined)
  await compare(floor, ingress)
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
  return { name, worker, client: new LoadClient(worker.port) }
}

async function compare(floor: Side, ingress: Side): Promise<void> {
  const warmUp = { concurrency, seconds: values.quick ? WARM_UP_SECONDS.quick : WARM_UP_SECONDS.thorough }
  say(`warming up, ${warmUp.seconds} s each`)
  for (const side of [floor, ingress]) await measureSaturated(side, 'warm', warmUp)
  const steady = await inTurns(floor, ingress, `${rate}/s`, (side, round) => measureSteady(side, round, { rate, seconds }))
  const full = await inTurns(floor, ingress, 'saturated', (side, round) =>
    measureSaturated(side, round, { concurrency, seconds }),
  )
  printComparison(steady, full)
  if (values.quick) console.log('  Too short to judge by: run it without --quick.')
}

interface Pairs<Round> {
  floor: Round[]
  ingress: Round[]
}

/** Each round measures both sides, the one that begins changing every time. */
async function inTurns<Round>(
  floor: Side,
  ingress: Side,
  title: string,
  measure: (side: Side, round: string) => Promise<Round>,
): Promise<Pairs<Round>> {
  const pairs: Pairs<Round> = { floor: [], ingress: [] }
  for (let round = 1; round <= rounds; round++) {
    say(`${title}, round ${round} of ${rounds}`)
    for (const side of round % 2 === 1 ? [floor, ingress] : [ingress, floor]) {
      await sleep(values.quick ? REST_MS.quick : REST_MS.thorough)
      pairs[side.name].push(await measure(side, `${title}_${round}`))
    }
  }
  return pairs
}

function printComparison(steady: Pairs<SteadyRound>, full: Pairs<SaturatedRound>): void {
  const ofSteady = (key: keyof SteadyRound) => ({
    floor: steady.floor.map((round) => round[key]),
    ingress: steady.ingress.map((round) => round[key]),
  })
  const ofFull = (key: keyof SaturatedRound) => ({
    floor: full.floor.map((round) => round[key]),
    ingress: full.ingress.map((round) => round[key]),
  })
  console.log(`\nIngress over the floor, medians of ${rounds} rounds of ${seconds} s:`)
  console.log(
    formatTable([
      ['', 'floor', 'ingress', 'ratio', 'by round', 'budget', ''],
      compareLine({
        title: `throughput, ${concurrency} at once`,
        ...ofFull('perSecond'),
        format: (value) => `${value.toFixed(0)}/s`,
        budget: { kind: 'at least', ratio: 0.85 },
      }),
      compareLine({
        title: `p50 at ${rate}/s`,
        ...ofSteady('p50'),
        format: milliseconds,
        budget: { kind: 'at most', ratio: 1.2 },
      }),
      compareLine({ title: `p90 at ${rate}/s`, ...ofSteady('p90'), format: milliseconds }),
      compareLine({ title: `p99 at ${rate}/s`, ...ofSteady('p99'), format: milliseconds }),
      compareLine({
        title: 'CPU per 1,000, saturated',
        ...ofFull('cpuPerThousand'),
        format: cpu,
        budget: { kind: 'at most', ratio: 1.25 },
      }),
      compareLine({ title: `CPU per 1,000 at ${rate}/s`, ...ofSteady('cpuPerThousand'), format: cpu }),
    ]),
  )
}

function milliseconds(value: number): string {
  return `${value.toFixed(2)} ms`
}

function cpu(value: number): string {
  return `${value.toFixed(2)} s`
}

function atLeastOne(name: string, value: string): number {
  const number = Number(value)
  if (Number.isInteger(number) && number >= 1) return number
  console.error(`--${name} must be a whole number from 1, not “${value}”\n\n${HELP}`)
  process.exit(1)
}

function say(text: string): void {
  console.log(`${(performance.now() / 1_000).toFixed(0).padStart(4)} s  ${text}`)
}
