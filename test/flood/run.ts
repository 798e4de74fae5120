import { readArgs } from '@orchestrator/dev/lib/read-args'
import { onStopSignal } from '@orchestrator/dev/lib/stop-signals'
import { flood, type ValidRun } from './flood.ts'

/** `pnpm test:flood`: prints what a flood of requests that cannot be verified does to those that can. */
const HELP = `pnpm test:flood [--invalid N]

Floods ingress, alone in its own runtime, with requests that cannot be verified, a third of them from one address, while valid
webhooks keep coming from another at 50 a second. Ends by itself; 1 where a valid one was not accepted.

  --invalid N   requests of the flood (20000)`

const { values } = readArgs(HELP, { options: { help: { type: 'boolean', short: 'h' }, invalid: { type: 'string' } } })
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
const invalid = Number(values.invalid ?? '20000')
if (!Number.isInteger(invalid) || invalid < 1) {
  console.error(`--invalid must be a whole number from 1\n\n${HELP}`)
  process.exit(1)
}
onStopSignal(async () => undefined, 130)

const { baseline, during, answers, seconds, rejectedRows, rejectedCount, rowsWritten } = await flood({ invalid, baseline: 500 })
const statuses = Object.entries(answers).map(([status, count]) => `${count} × ${status}`)
console.log(`Flood of ${invalid} invalid requests in ${seconds.toFixed(1)} s: ${statuses.join(', ')}
  valid accepted during it     ${during.accepted} of ${during.sent}
  valid, unloaded              ${latencies(baseline)}
  valid, during the flood      ${latencies(during)}
  rows in rejected_requests    ${rejectedRows}, which stand for ${rejectedCount} requests
  D1 rows written by it        ${Math.round(rowsWritten)}`)
process.exit(during.accepted === during.sent ? 0 : 1)

function latencies({ times }: ValidRun): string {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => `${(sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN).toFixed(1)} ms`
  return `p50 ${at(0.5)}, p99 ${at(0.99)}`
}
