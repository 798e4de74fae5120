import { bulkOperation } from '@orchestrator/shared/contracts/bulk-api'
import { type CommandEnv, type Parent, run } from '../../command-env.ts'
import { readReason } from '../../reason-option.ts'
import { showOperation } from './show-operation.ts'

const VERBS = [
  { verb: 'pause', about: 'hold an operation; what is done is done' },
  { verb: 'resume', about: 'go on with an operation that is paused, or that stopped by itself: failures count from zero' },
  { verb: 'cancel', about: 'end an operation for good; what is done is done' },
] as const

/** `orc bulk pause|resume|cancel ID --reason TEXT`. */
export function addControls(group: Parent, env: CommandEnv): void {
  for (const { verb, about } of VERBS) {
    group
      .command(verb)
      .description(about)
      .argument('<id>', 'of the operation (orc bulk list)')
      .requiredOption('--reason <text>', 'why; kept in the audit log')
      .addHelpText('after', `\nExample:\n  $ orc bulk ${verb} blk_0001JD… --reason "billing is slow"`)
      .action((id, options, command) =>
        run(env, command, async ({ client, print }) => {
          const path = `/v1/bulk-operations/${encodeURIComponent(id)}/${verb}`
          const operation = await client.json(
            { method: 'POST', path, body: { reason: readReason(options.reason) } },
            bulkOperation,
          )
          print(operation, () => showOperation(operation))
        }),
      )
  }
}
