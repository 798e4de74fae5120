import { readArgs } from '@orchestrator/dev/lib/read-args'
import type { Load } from './in-turns.ts'

/** The options that comparisons have in common, for their help. */
export const LOAD_HELP = `  --rounds N        pairs of measurements, at the fixed rate and again at saturation (7)
  --seconds N       length of one measurement (3)
  --rate N          requests a second for the latencies (200)
  --concurrency N   requests at once for throughput and CPU time (32)
  --quick           2 rounds of 1 s: enough to see that it works, too little to judge by`

/** Reads them; ends the process with the help where it is asked for, or where one is no number. */
export function readLoad(help: string): Load {
  const { values } = readArgs(help, {
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
    console.log(help)
    process.exit(0)
  }
  const quick = values.quick ?? false
  const atLeastOne = (name: 'rounds' | 'seconds' | 'rate' | 'concurrency', standard: string): number => {
    const value = values[name] ?? standard
    const number = Number(value)
    if (Number.isInteger(number) && number >= 1) return number
    console.error(`--${name} must be a whole number from 1, not “${value}”\n\n${help}`)
    process.exit(1)
  }
  return {
    rounds: atLeastOne('rounds', quick ? '2' : '7'),
    seconds: atLeastOne('seconds', quick ? '1' : '3'),
    rate: atLeastOne('rate', '200'),
    concurrency: atLeastOne('concurrency', '32'),
    quick,
  }
}
