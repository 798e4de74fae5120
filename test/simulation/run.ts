import { parseArgs } from 'node:util'
import { simulate } from './simulate.ts'

/** `pnpm test:simulation`: the life of jobs under attack, once for each seed. */
const HELP = `pnpm test:simulation [--seeds N] [--from N] [--seed N --verbose]

Runs the real claim, finish, sweep, replay and dispatch on SQLite in virtual time, against everything that can go wrong, and
holds what must be true. Ends with 1 where it is not, and says how to see that run again.

  --seeds N   how many seeds (1000)
  --from N    the first of them (1)
  --seed N    this one only
  --verbose   prints everything that happens`

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
const first = Number(values.seed ?? values.from)
const seeds = values.seed === undefined ? Number(values.seeds) : 1
if (values.help || !Number.isInteger(first) || !Number.isInteger(seeds) || seeds < 1) {
  console.log(HELP)
  process.exit(values.help ? 0 : 1)
}

const { hrtime } = process
const startedAt = hrtime.bigint()
const seconds = (): number => Number(hrtime.bigint() - startedAt) / 1e9
const totals = new Map<string, number>()
let failed = 0
for (let seed = first; seed < first + seeds; seed++) {
  const { violation, counts } = await simulate(seed, values.verbose ? { log: console.log } : {})
  for (const [what, count] of counts) totals.set(what, (totals.get(what) ?? 0) + count)
  if (violation !== undefined) {
    failed++
    console.log(`\n✗ seed ${seed}: ${violation}\n  pnpm test:simulation --seed ${seed} --verbose`)
  }
  const done = seed - first + 1
  if (process.stdout.isTTY || done % 500 === 0 || done === seeds) {
    process.stdout.write(
      `${process.stdout.isTTY ? '\r' : ''}${done} of ${seeds} seeds, ${failed} failed, ${seconds().toFixed(0)} s`,
    )
    if (!process.stdout.isTTY || done === seeds) process.stdout.write('\n')
  }
}
const sorted = [...totals].sort(([one], [other]) => one.localeCompare(other))
console.log(sorted.map(([what, count]) => `  ${what.padEnd(28)} ${count}`).join('\n'))
console.log(`${seeds - failed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
