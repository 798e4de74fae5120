import { deadLetterGroups } from '@orchestrator/shared/contracts/bulk-api'
import { type CommandEnv, type Parent, run } from '../../command-env.ts'
import { table } from '../../output/table.ts'
import { shortTime } from '../../output/time.ts'
import { filterOptions, readFilter } from './filter-options.ts'

const HELP = `
Examples:
  $ orc dlq groups
  $ orc dlq groups --queue webhook --from 7d
  $ orc dlq replay --fingerprint <of a group> --reason "fixed in release 42"`

/** `orc dlq groups`: open dead letters by what they died of, the most frequent first. */
export function addGroups(group: Parent, env: CommandEnv): void {
  const groups = group
    .command('groups')
    .description('group open dead letters by their error, the most frequent first')
    .addHelpText('after', HELP)
    .action((options, command) =>
      run(env, command, async ({ client, io, print, say }) => {
        const found = await client.get('/v1/dead-letters/groups', deadLetterGroups, readFilter({ ...options }, io.now()))
        print(found, () => {
          const rows = found.items.map(({ count, fingerprint, class: cause, connector, lastDiedAt, error }) => [
            String(count),
            fingerprint,
            cause,
            connector ?? '',
            shortTime(lastDiedAt),
            error,
          ])
          const columns = [
            { title: 'COUNT', align: 'right' },
            { title: 'FINGERPRINT' },
            { title: 'CLASS' },
            { title: 'CONNECTOR' },
            { title: 'LAST (UTC)' },
            { title: 'AN ERROR', flexible: true },
          ] as const
          return rows.length === 0 ? 'None.\n' : table(columns, rows, io.out.columns)
        })
        if (found.capped) say('There are more dead letters than were counted: a filter makes it exact.')
      }),
    )
  for (const option of filterOptions) groups.addOption(option)
}
