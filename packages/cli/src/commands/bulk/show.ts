import { bulkOperation } from '@orchestrator/shared/contracts/bulk-api'
import { type CommandEnv, type Parent, run } from '../../command-env.ts'
import { showOperation } from './show-operation.ts'

const HELP = `
Example:
  $ orc bulk show blk_0001JD…`

/** `orc bulk show ID`: one bulk operation. */
export function addShow(group: Parent, env: CommandEnv): void {
  group
    .command('show')
    .description('show one operation')
    .argument('<id>', 'of the operation (orc bulk list)')
    .addHelpText('after', HELP)
    .action((id, _options, command) =>
      run(env, command, async ({ client, print }) => {
        const operation = await client.get(`/v1/bulk-operations/${encodeURIComponent(id)}`, bulkOperation)
        print(operation, () => showOperation(operation))
      }),
    )
}
