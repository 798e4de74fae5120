import { Option } from '@commander-js/extra-typings'
import { type DeadLetterFilter, deadLetterFilter } from '@orchestrator/shared/contracts/bulk-api'
import { DEATH_CLASSES } from '@orchestrator/shared/contracts/jobs'
import { QUEUE_NAMES } from '@orchestrator/shared/contracts/queue'
import { usageError } from '../../cli-error.ts'
import { readTime } from '../../list-options.ts'

/** Which dead letters; every one that is given must fit. */
export const filterOptions = [
  new Option('--queue <queue>', 'of this queue').choices(QUEUE_NAMES),
  new Option('--class <class>', 'that died of this').choices(DEATH_CLASSES),
  new Option('--connector <id>', 'that called this connector'),
  new Option('--provider <id>', 'of webhooks of this provider'),
  new Option('--event-type <type>', 'of webhooks of this type'),
  new Option('--fingerprint <text>', 'of this group of errors (orc dlq groups)'),
  new Option('--error <text>', 'with this somewhere in the error'),
  new Option('--from <time>', 'that died from this time on: 2026-11-30T08:00:00Z, 2026-11-30, or 24h for a day ago'),
  new Option('--to <time>', 'that died before this time'),
] as const

/** The names that the filter has on the command line. */
const FLAGS: Readonly<Record<string, string>> = { eventType: '--event-type' }

/** The filter of a command that has these options; other options in it do not matter. `now` in ms. */
export function readFilter(options: Readonly<Record<string, unknown>>, now: number): DeadLetterFilter {
  const given = Object.keys(deadLetterFilter.shape).flatMap((name) =>
    options[name] === undefined ? [] : [[name, options[name]]],
  )
  const asked = Object.fromEntries(given) as Record<string, string>
  const times = { from: readTime('--from', asked.from, now), to: readTime('--to', asked.to, now) }
  const filter = deadLetterFilter.safeParse(JSON.parse(JSON.stringify({ ...asked, ...times })))
  if (filter.success) return filter.data
  const issues = filter.error.issues.map(({ path, message }) => `${FLAGS[String(path[0])] ?? `--${String(path[0])}`}: ${message}`)
  throw usageError(issues.join('; '))
}

/** Whether it leaves anything out. */
export function isEmpty(filter: DeadLetterFilter): boolean {
  return Object.keys(filter).length === 0
}
