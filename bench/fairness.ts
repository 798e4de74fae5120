import { setTimeout as sleep } from 'node:timers/promises'
import { readArgs } from '@orchestrator/dev/lib/read-args'
import { onStopSignal } from '@orchestrator/dev/lib/stop-signals'
import { startAlone } from '@orchestrator/dev/runtime/start-alone'
import type { ConfigBindings } from '@orchestrator/shared/config/snapshot-store'
import { cpuSeconds } from './lib/cpu-seconds.ts'
import { type ConnectorName, createJobs, publishConnectors, Upstreams } from './lib/flood.ts'
import { createStateDir } from './lib/state-dir.ts'
import { percentile } from './lib/statistics.ts'
import { formatTable } from './lib/table.ts'

/**
 * Whether a flood of `low` jobs, one part of them for a connector that never answers, leaves `critical` jobs their latency and
 * the others of `low` their throughput. What it prints is judged by people: on a busy machine only the ratios mean anything.
 */
const HELP = `pnpm bench:fairness [--seconds N] [--rate N]

Creates critical jobs at a steady rate by POST /jobs/batch: alone, while low is flooded, and while half of the flood is for a
connector that hangs and has no breaker. Prints how long critical jobs wait for their call, and how many low jobs are called.

  --seconds N   length of one measurement (10)
  --rate N      critical jobs a second (20)`

const EXECUTION = 'orchestrator-execution'
/** Jobs of a connector of the flood that wait, at least. */
const BACKLOG = 500
const WARM_UP_JOBS = 200

const { values } = readArgs(HELP, {
  options: {
    seconds: { type: 'string', default: '10' },
    rate: { type: 'string', default: '20' },
    help: { type: 'boolean', short: 'h' },
  },
})
const [seconds, rate] = [Number(values.seconds), Number(values.rate)] as const
if (values.help || ![seconds, rate].every((value) => Number.isInteger(value) && value >= 1)) {
  console.log(HELP)
  process.exit(values.help ? 0 : 1)
}

const upstreams = new Upstreams()
const worker = await startAlone(EXECUTION, {
  stateDir: createStateDir(),
  outbound: (url, body) => upstreams.answer(url, body),
})
onStopSignal(() => worker.stop(), 130)
try {
  await publishConnectors(await worker.mf.getBindings<ConfigBindings>(EXECUTION), worker.port)
  await createJobs(worker, 'low', named('busy', 'warm', WARM_UP_JOBS))
  await until(() => upstreams.begun.busy.size === WARM_UP_JOBS)
  const rows = [
    ['', 'critical: p50', 'p95', 'from the request: p50', 'p95', 'low called', 'of them answered', 'CPU per 1,000 calls'],
  ]
  rows.push(await measure('critical alone', { critical: true, flood: [] }))
  rows.push(await measure('low alone', { critical: false, flood: ['busy'] }))
  rows.push(await measure('both', { critical: true, flood: ['busy'] }))
  rows.push(await measure('both, half of low hangs', { critical: true, flood: ['busy', 'hanging'] }))
  console.log(`\n${rate} critical jobs a second for ${seconds} s, from their acceptance to the beginning of their call:`)
  console.log(formatTable(rows))
} finally {
  await worker.stop()
}

async function measure(title: string, { critical, flood }: { critical: boolean; flood: ConnectorName[] }): Promise<string[]> {
  console.log(`${(performance.now() / 1_000).toFixed(0).padStart(4)} s  ${title}`)
  const round = title.replaceAll(/\W+/g, '_')
  const ended = new AbortController()
  const flooding = Promise.all(flood.map((name) => keepBacklog(name, round, ended.signal)))
  if (flood.length > 0) await until(() => flood.every((name) => called(name, round) > 0))
  const before = { busy: called('busy', round), hanging: called('hanging', round) }
  const cpuBefore = cpuSeconds(worker.pid)
  const begun = performance.now()
  const waits = critical ? await createSteadily(round) : (await sleep(seconds * 1_000), [])
  const measuredSeconds = (performance.now() - begun) / 1_000
  const cpu = cpuSeconds(worker.pid) - cpuBefore
  const busy = called('busy', round) - before.busy
  const hanging = called('hanging', round) - before.hanging
  ended.abort()
  await flooding
  const perSecond = (count: number) => (flood.length === 0 ? '' : `${(count / measuredSeconds).toFixed(0)}/s`)
  const times = (of: number[], share: number) => (critical ? `${percentile(of, share).toFixed(1)} ms` : '')
  const accepted = waits.map(({ acceptedMs }) => acceptedMs)
  const sent = waits.map(({ sentMs }) => sentMs)
  return [
    title,
    times(accepted, 0.5),
    times(accepted, 0.95),
    times(sent, 0.5),
    times(sent, 0.95),
    perSecond(busy + hanging),
    perSecond(busy),
    `${((cpu / (waits.length + busy + hanging)) * 1_000).toFixed(2)} s`,
  ]
}

/** Creates critical jobs at the rate; answers how long each waited for its call, from its acceptance and from its request, ms. */
async function createSteadily(round: string): Promise<{ acceptedMs: number; sentMs: number }[]> {
  const begun = performance.now()
  const jobs = named('steady', round, rate * seconds)
  const waits: Promise<{ acceptedMs: number; sentMs: number }>[] = []
  for (const [n, job] of jobs.entries()) {
    const early = begun + (n * 1_000) / rate - performance.now()
    if (early > 0) await sleep(early)
    const wait = waitOf(job)
    // Awaited at the end; until then a failure must not count as unhandled.
    wait.catch(() => undefined)
    waits.push(wait)
  }
  return Promise.all(waits)
}

async function waitOf(job: { connector: ConnectorName; id: string }): Promise<{ acceptedMs: number; sentMs: number }> {
  const sentAt = performance.now()
  await createJobs(worker, 'critical', [job])
  const acceptedAt = performance.now()
  await until(() => upstreams.begun.steady.has(job.id))
  const calledAt = upstreams.begun.steady.get(job.id) ?? Number.NaN
  return { acceptedMs: Math.max(0, calledAt - acceptedAt), sentMs: calledAt - sentAt }
}

/** Sees to it that jobs of a connector wait in `low`, until the signal. */
async function keepBacklog(name: ConnectorName, round: string, signal: AbortSignal): Promise<void> {
  for (let created = 0; !signal.aborted;) {
    if (created - called(name, round) < BACKLOG) {
      await createJobs(worker, 'low', named(name, round, BACKLOG, created))
      created += BACKLOG
    } else await sleep(50)
  }
}

function named(connector: ConnectorName, round: string, count: number, from = 0): { connector: ConnectorName; id: string }[] {
  return Array.from({ length: count }, (_, n) => ({ connector, id: `${round}:${from + n}` }))
}

/** How many jobs of a round were called. */
function called(name: ConnectorName, round: string): number {
  let count = 0
  for (const id of upstreams.begun[name].keys()) if (id.startsWith(`${round}:`)) count++
  return count
}

async function until(done: () => boolean): Promise<void> {
  const deadline = performance.now() + 120_000
  while (!done()) {
    if (performance.now() > deadline) throw new Error('nothing moved for two minutes')
    await sleep(5)
  }
}
