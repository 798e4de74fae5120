import { setTimeout as sleep } from 'node:timers/promises'
import { compareLine, type Comparison } from './compare.ts'
import { measureSaturated, measureSteady, type SaturatedRound, type Side, type SteadyRound } from './measure-side.ts'

/** After a burst the runtime collects garbage for a while, ms. */
const REST_MS = { thorough: 500, quick: 100 }
const WARM_UP_SECONDS = { thorough: 4, quick: 1 }

export interface Load {
  rounds: number
  /** Length of one measurement. */
  seconds: number
  /** Requests a second, for the latencies. */
  rate: number
  /** Requests at once, for throughput and CPU time. */
  concurrency: number
  quick: boolean
}

interface Pairs<Round> {
  floor: Round[]
  subject: Round[]
}

/** What both sides came to, round by round. */
export interface Measured {
  steady: Pairs<SteadyRound>
  full: Pairs<SaturatedRound>
}

/** Measures both sides at the fixed rate and at saturation. Each round has both, the one that begins changing every time. */
export async function measureBoth(floor: Side, subject: Side, load: Load, say: (text: string) => void): Promise<Measured> {
  const { rate, seconds, concurrency } = load
  const warmUp = { concurrency, seconds: load.quick ? WARM_UP_SECONDS.quick : WARM_UP_SECONDS.thorough }
  say(`warming up, ${warmUp.seconds} s each`)
  for (const side of [floor, subject]) await measureSaturated(side, 'warm', warmUp)
  const inTurns = async <Round>(title: string, measure: (side: Side, round: string) => Promise<Round>): Promise<Pairs<Round>> => {
    const pairs: Pairs<Round> = { floor: [], subject: [] }
    for (let round = 1; round <= load.rounds; round++) {
      say(`${title}, round ${round} of ${load.rounds}`)
      for (const side of round % 2 === 1 ? [floor, subject] : [subject, floor]) {
        await sleep(load.quick ? REST_MS.quick : REST_MS.thorough)
        pairs[side.name].push(await measure(side, `${title}_${round}`))
      }
    }
    return pairs
  }
  return {
    steady: await inTurns(`${rate}/s`, (side, round) => measureSteady(side, round, { rate, seconds })),
    full: await inTurns('saturated', (side, round) => measureSaturated(side, round, { concurrency, seconds })),
  }
}

export interface Budgets {
  /** Of the floor's, at least. */
  throughput?: number
  /** Of the floor's, at most. */
  p50?: number
  cpu?: number
}

/** The lines of the table: medians of the rounds, ratios within them, and whether the budgets hold. */
export function comparisonLines({ steady, full }: Measured, load: Load, budgets: Budgets): string[][] {
  const ofSteady = (key: keyof SteadyRound) => ({
    floor: steady.floor.map((round) => round[key]),
    subject: steady.subject.map((round) => round[key]),
  })
  const ofFull = (key: keyof SaturatedRound) => ({
    floor: full.floor.map((round) => round[key]),
    subject: full.subject.map((round) => round[key]),
  })
  return [
    compareLine({
      title: `throughput, ${load.concurrency} at once`,
      ...ofFull('perSecond'),
      format: (value) => `${value.toFixed(0)}/s`,
      ...budgetOf('at least', budgets.throughput),
    }),
    compareLine({
      title: `p50 at ${load.rate}/s`,
      ...ofSteady('p50'),
      format: milliseconds,
      ...budgetOf('at most', budgets.p50),
    }),
    compareLine({ title: `p90 at ${load.rate}/s`, ...ofSteady('p90'), format: milliseconds }),
    compareLine({ title: `p99 at ${load.rate}/s`, ...ofSteady('p99'), format: milliseconds }),
    compareLine({
      title: 'CPU per 1,000, saturated',
      ...ofFull('cpuPerThousand'),
      format: cpu,
      ...budgetOf('at most', budgets.cpu),
    }),
    compareLine({ title: `CPU per 1,000 at ${load.rate}/s`, ...ofSteady('cpuPerThousand'), format: cpu }),
  ]
}

function budgetOf(kind: 'at least' | 'at most', ratio: number | undefined): Pick<Comparison, 'budget'> {
  return ratio === undefined ? {} : { budget: { kind, ratio } }
}

function milliseconds(value: number): string {
  return `${value.toFixed(2)} ms`
}

function cpu(value: number): string {
  return `${value.toFixed(2)} s`
}
