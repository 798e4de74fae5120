import { configRevisionSummary } from '@orchestrator/shared/contracts/config-document'
import { page } from '@orchestrator/shared/contracts/control-api'
import { readList, tellOfMore } from '../../api/pages.ts'
import { type CommandEnv, type Parent, run } from '../../command-env.ts'
import { readLimit } from '../../list-options.ts'
import { table } from '../../output/table.ts'
import { shortTime } from '../../output/time.ts'

const HELP = `
Examples:
  $ orc config history
  $ orc config history --limit 200 --json | jq '.items[] | select(.author == "admin@example.com")'`

/** `orc config history`: the revisions, newest first. */
export function addHistory(group: Parent, env: CommandEnv): void {
  group
    .command('history')
    .description('list the revisions of the configuration, newest first')
    .option('--limit <number>', 'how many', '20')
    .option('--cursor <text>', 'go on after a page (nextCursor of --json)')
    .addHelpText('after', HELP)
    .action(({ limit, cursor }, command) =>
      run(env, command, async ({ client, io, print, say }) => {
        const revisions = await readList(
          client,
          '/v1/config-revisions',
          page(configRevisionSummary),
          { cursor },
          readLimit(limit),
        )
        print(revisions, () => {
          const rows = revisions.items.map(({ revision, publishedAt, author, reason, inForce }) => [
            `${inForce ? '* ' : ''}${revision}`,
            shortTime(publishedAt),
            author,
            reason,
          ])
          const columns = [
            { title: 'REVISION', align: 'right' },
            { title: 'PUBLISHED (UTC)' },
            { title: 'BY' },
            { title: 'REASON', flexible: true },
          ] as const
          return table(columns, rows, io.out.columns)
        })
        tellOfMore(revisions, say)
      }),
    )
}
