import { median } from './statistics.ts'

/** One figure of both sides, a pair for each round. */
export interface Comparison {
  title: string
  floor: readonly number[]
  subject: readonly number[]
  format: (value: number) => string
  /** Of what is measured over the floor. */
  budget?: { kind: 'at least' | 'at most'; ratio: number }
}

/**
 * A line of the table: medians of the rounds, and the median of the rounds' ratios. Ratios are taken within a round, whose two
 * halves ran one after the other, so that a machine that slows down in the middle spoils neither side more.
 */
export function compareLine({ title, floor, subject, format, budget }: Comparison): string[] {
  const ratios = floor.map((value, round) => (subject[round] ?? Number.NaN) / value)
  const ratio = median(ratios)
  const spread = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`
  return [
    title,
    format(median(floor)),
    format(median(subject)),
    `${ratio.toFixed(2)}x`,
    spread,
    ...(budget ? [`${budget.kind} ${budget.ratio.toFixed(2)}x`, verdict(ratio, budget)] : ['', '']),
  ]
}

function verdict(ratio: number, budget: NonNullable<Comparison['budget']>): string {
  if (Number.isNaN(ratio)) return 'not measured'
  return (budget.kind === 'at least' ? ratio >= budget.ratio : ratio <= budget.ratio) ? 'holds' : 'MISSED'
}
