import { bulkOperation } from '@orchestrator/shared/contracts/bulk-api'
import { page } from '@orchestrator/shared/contracts/control-api'
import { readList, tellOfMore } from '../../api/pages.ts'
import { type CommandEnv, type Parent, run } from '../../command-env.ts'
import { readLimit } from '../../list-options.ts'
import { table } from '../../output/table.ts'
import { shortTime } from '../../output/time.ts'
import { processedOf } from './show-operation.ts'

const HELP = `
Example:
  $ orc bulk list`

/** `orc bulk list`: bulk operations, newest first. */
export function addList(group: Parent, env: CommandEnv): void {
  group
    .command('list')
    .description('list operations, newest first')
    .option('--limit <number>', 'how many', '20')
    .option('--cursor <text>', 'go on after a page (nextCursor of --json)')
    .addHelpText('after', HELP)
    .action(({ limit, cursor }, command) =>
      run(env, command, async ({ client, io, print, say }) => {
        const operations = await readList(client, '/v1/bulk-operations', page(bulkOperation), { cursor }, readLimit(limit))
        print(operations, () => {
          const rows = operations.items.map((operation) => [
            operation.id,
            shortTime(operation.createdAt),
            operation.target.kind,
            operation.status,
            `${processedOf(operation)}/${operation.total}`,
            operation.actor.id,
            operation.reason,
          ])
          const columns = [
            { title: 'ID' },
            { title: 'STARTED (UTC)' },
            { title: 'WHAT' },
            { title: 'STATUS' },
            { title: 'DONE', align: 'right' },
            { title: 'BY' },
            { title: 'REASON', flexible: true },
          ] as const
          return rows.length === 0 ? 'None.\n' : table(columns, rows, io.out.columns)
        })
        tellOfMore(operations, say)
      }),
    )
}
