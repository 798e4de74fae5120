import { readArgs } from '@orchestrator/dev/lib/read-args'
import { onStopSignal } from '@orchestrator/dev/lib/stop-signals'
import { concurrency, outage, rateLimit, sameKey } from './scenarios.ts'

/** `pnpm test:load`: what `/execute` does under load, at full length. */
const HELP = `pnpm test:load [--only NAME]

Runs execution alone in its own runtime against an upstream in a process of its own, and prints what came of it:

  same-key      500 calls at once with one Idempotency-Key, and the same again
  rate-limit    50/s with a burst of 10, driven at 150/s for 10 s by four clients
  concurrency   5 at a time, driven at 100/s for 10 s
  outage        an upstream that is down for 60 s under 100 calls a second

Ends with 1 where a promise was broken. --only NAME runs one of them.`

const SCENARIOS: Record<string, () => Promise<boolean>> = {
  'same-key': async () => {
    const report = await sameKey(500)
    print('500 calls at once with one key', report)
    return report.calls === 1 && report.replayedLater === 500 && report.bodies === 1 && Object.keys(report.others).length === 0
  },
  'rate-limit': async () => {
    const report = await rateLimit(10)
    print('50/s with a burst of 10, driven at 150/s for 10 s', report)
    console.log(`  reached ${((report.rate / 50) * 100).toFixed(1)} % of the limit (aim: 95 %)`)
    return report.mostInASecond <= 60
  },
  concurrency: async () => {
    const report = await concurrency(10)
    print('5 at a time, driven at 100/s for 10 s', report)
    return report.mostInFlight <= 5
  },
  outage: async () => {
    const report = await outage(60, 5_000)
    print('an upstream that is down for 60 s, 100 calls a second', report)
    return report.successesAtTheEnd > 0
  },
}

const { values } = readArgs(HELP, { options: { help: { type: 'boolean', short: 'h' }, only: { type: 'string' } } })
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
if (values.only !== undefined && !(values.only in SCENARIOS)) {
  console.error(`--only must be one of ${Object.keys(SCENARIOS).join(', ')}\n\n${HELP}`)
  process.exit(1)
}
onStopSignal(async () => undefined, 130)
let kept = true
for (const [name, run] of Object.entries(SCENARIOS)) {
  if (values.only === undefined || values.only === name) kept = (await run()) && kept
}
process.exit(kept ? 0 : 1)

function print(title: string, report: object): void {
  console.log(`\n${title}:`)
  for (const [name, value] of Object.entries(report)) console.log(`  ${name.padEnd(18)} ${JSON.stringify(value)}`)
}
