import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { localFetch } from '@orchestrator/dev/lib/local-fetch'
import { onStopSignal } from '@orchestrator/dev/lib/stop-signals'
import { type Alone, startAlone } from '@orchestrator/dev/runtime/start-alone'
import type { ConfigBindings } from '@orchestrator/shared/config/snapshot-store'
import { CALL_KINDS, type CallKind, executeCalls, publishCalls, UPSTREAM_ANSWER } from './lib/execute-calls.ts'
import { comparisonLines, measureBoth } from './lib/in-turns.ts'
import { LOAD_HELP, readLoad } from './lib/load-options.ts'
import { LoadClient } from './lib/load.ts'
import type { Side } from './lib/measure-side.ts'
import { perWebhook, readSpent, resetSpent, SPENT_TITLES } from './lib/spent.ts'
import { createStateDir } from './lib/state-dir.ts'
import { formatTable } from './lib/table.ts'

/**
 * `POST /execute` beside a Worker that only passes the call on (`workers/proxy.ts`), in the same run and in rounds that take
 * turns, each in a workerd of its own with the same upstream; then what a call costs at the bindings: Durable Object hops
 * above all. What it prints is judged by people: on a busy machine only the ratios mean anything, and nothing fails here.
 */
const HELP = `pnpm bench:execute [--quick] [--rounds N] [--seconds N] [--rate N] [--concurrency N]

Compares /execute (breaker closed, no limits, no key) with a Worker that only makes the call; then counts Durable Object
requests and D1 rows per call, with and without limits and an Idempotency-Key.

${LOAD_HELP}`

const EXECUTION = 'orchestrator-execution'
const COUNTED_CALLS = 200
/** Calls at once while they are counted: leases and cached states are for load, not for single calls. */
const COUNTED_AT_ONCE = 10
/** What goes on after the answers (the request log, reports) has ended by then, ms. */
const SETTLE_MS = 2_500

const load = readLoad(HELP)
const started: { stop(): Promise<unknown> }[] = []
const stopAll = async (): Promise<void> => void (await Promise.all(started.splice(0).map((one) => one.stop())))
onStopSignal(stopAll, 130)
try {
  say('starting the proxy and execution, each alone in its own runtime')
  const floor = await open('floor', 'workers/proxy.ts')
  const execute = await open('subject', undefined)
  const measured = await measureBoth(floor, execute, load, say)
  console.log(`\n/execute over a proxy-only Worker, medians of ${load.rounds} rounds of ${load.seconds} s:`)
  const titles = ['', 'proxy', '/execute', 'ratio', 'by round', 'budget', '']
  console.log(formatTable([titles, ...comparisonLines(measured, load, {})]))
  if (load.quick) console.log('  Too short to judge by: run it without --quick.')
  await stopAll()
  say('counting what a call costs')
  const { port } = await start('workers/execution.ts')
  console.log(`\nWhat one call costs at the bindings of execution (${COUNTED_CALLS} of each, ${COUNTED_AT_ONCE} at once):`)
  console.log(await callCosts(port))
} finally {
  await stopAll()
}

async function start(main: string | undefined): Promise<Alone> {
  const path = main === undefined ? {} : { main: join(import.meta.dirname, main) }
  const worker = await startAlone(EXECUTION, { ...path, stateDir: createStateDir(), outbound: () => UPSTREAM_ANSWER })
  started.push(worker)
  await publishCalls(await worker.mf.getBindings<ConfigBindings>(EXECUTION), worker.port)
  return worker
}

async function open(name: Side['name'], main: string | undefined): Promise<Side> {
  const worker = await start(main)
  return {
    name,
    worker,
    client: new LoadClient(worker.port),
    requests: (round, count) => executeCalls('plain', round, count),
  }
}

async function callCosts(port: number): Promise<string> {
  const url = `http://execution.localhost:${port}`
  const kinds: { title: string; kind: CallKind; keyed: boolean }[] = [
    ...(Object.keys(CALL_KINDS) as CallKind[]).map((kind) => ({ title: CALL_KINDS[kind], kind, keyed: false })),
    { title: 'with an Idempotency-Key', kind: 'plain', keyed: true },
  ]
  const rows = [['', ...Object.values(SPENT_TITLES)]]
  for (const { title, kind, keyed } of kinds) {
    // A cold isolate reads its configuration and asks the breaker first, which belongs to no call.
    await sendAll(port, executeCalls(kind, `warm_${kind}_${keyed}`, COUNTED_AT_ONCE, keyed))
    await sleep(SETTLE_MS)
    await resetSpent([url])
    await sendAll(port, executeCalls(kind, `counted_${kind}_${keyed}`, COUNTED_CALLS, keyed))
    await sleep(SETTLE_MS)
    const each = perWebhook(await readSpent([url]), COUNTED_CALLS)
    rows.push([title, ...Object.values(each).map((value) => value.toFixed(2))])
  }
  return formatTable(rows)
}

async function sendAll(port: number, requests: ReturnType<typeof executeCalls>): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    for (let request = requests[next++]; request; request = requests[next++]) {
      const { path, headers, body } = request
      const response = await localFetch(`http://execution.localhost:${port}${path}`, { method: 'POST', headers, body })
      if (response.status !== 200) throw new Error(`/execute answered ${response.status}: ${await response.text()}`)
    }
  }
  await Promise.all(Array.from({ length: COUNTED_AT_ONCE }, lane))
}

function say(text: string): void {
  console.log(`${(performance.now() / 1_000).toFixed(0).padStart(4)} s  ${text}`)
}
