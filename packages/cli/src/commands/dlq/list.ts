import { Option } from '@commander-js/extra-typings'
import { deadLetter, page } from '@orchestrator/shared/contracts/control-api'
import { readList, tellOfMore } from '../../api/pages.ts'
import { type CommandEnv, type Parent, run } from '../../command-env.ts'
import { readLimit } from '../../list-options.ts'
import { table } from '../../output/table.ts'
import { shortTime } from '../../output/time.ts'
import { filterOptions, readFilter } from './filter-options.ts'

const HELP = `
Examples:
  $ orc dlq list
  $ orc dlq list --connector billing --from 24h
  $ orc dlq list --status all --limit 500 --json | jq -r '.items[].id'`

const STATUSES = ['open', 'replayed', 'discarded', 'all'] as const

/** `orc dlq list`: dead letters, newest first. */
export function addList(group: Parent, env: CommandEnv): void {
  const list = group
    .command('list')
    .description('list dead letters, newest first')
    .addOption(new Option('--status <status>', 'which').choices(STATUSES).default('open' as const))
    .option('--limit <number>', 'how many', '50')
    .option('--cursor <text>', 'go on after a page (nextCursor of --json)')
    .addHelpText('after', HELP)
    .action((options, command) =>
      run(env, command, async ({ client, io, print, say }) => {
        const { status, limit, cursor } = options
        const query = { ...readFilter({ ...options }, io.now()), status: status === 'all' ? undefined : status, cursor }
        const letters = await readList(client, '/v1/dead-letters', page(deadLetter), query, readLimit(limit))
        print(letters, () => {
          const rows = letters.items.map((letter) => [
            letter.id,
            shortTime(letter.diedAt),
            letter.status,
            letter.queue,
            letter.class,
            letter.connector === null ? '' : `${letter.connector}/${letter.operation ?? ''}`,
            String(letter.attempts),
            letter.error,
          ])
          const columns = [
            { title: 'ID' },
            { title: 'DIED (UTC)' },
            { title: 'STATUS' },
            { title: 'QUEUE' },
            { title: 'CLASS' },
            { title: 'OPERATION' },
            { title: 'TRIES', align: 'right' },
            { title: 'ERROR', flexible: true },
          ] as const
          return rows.length === 0 ? 'None.\n' : table(columns, rows, io.out.columns)
        })
        tellOfMore(letters, say)
      }),
    )
  for (const option of filterOptions) list.addOption(option)
}
