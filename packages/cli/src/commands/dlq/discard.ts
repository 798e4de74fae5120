import { discardResponse } from '@orchestrator/shared/contracts/control-api'
import { usageError } from '../../cli-error.ts'
import { type CommandEnv, type Parent, run } from '../../command-env.ts'
import { readReason } from '../../reason-option.ts'
import { bulkOptions, readBulkOptions, refuseForOne, startBulk } from '../bulk/start.ts'
import { filterOptions, isEmpty, readFilter } from './filter-options.ts'
import { requireChoice } from './replay.ts'

const HELP = `
A discarded dead letter stays in the list, and is not replayed by filters any more.

Examples:
  $ orc dlq discard job_0001JD….1 --reason "the customer is gone"
  $ orc dlq discard --fingerprint <of a group> --reason "test events"`

/** `orc dlq discard [ID] --reason TEXT`: closes dead letters for good. */
export function addDiscard(group: Parent, env: CommandEnv): void {
  const discard = group
    .command('discard')
    .description('close one dead letter, or many, for good')
    .argument('[id]', 'of a dead letter; without, a filter says which')
    .option('--reason <text>', 'why; kept in the audit log')
    .option('--all', 'all that are open')
    .addHelpText('after', HELP)
    .action((id, options, command) =>
      run(env, command, async (context) => {
        const filter = readFilter({ ...options }, context.io.now())
        if (id === undefined) {
          requireChoice(filter, options.all ?? false)
          return startBulk(context, { kind: 'discard_dead_letters', filter }, options.reason, readBulkOptions({ ...options }))
        }
        if (!isEmpty(filter) || options.all) throw usageError('Either an id or a filter, not both')
        refuseForOne(readBulkOptions({ ...options }))
        const reason = readReason(options.reason)
        const request = { method: 'POST', path: `/v1/dead-letters/${encodeURIComponent(id)}/discard`, body: { reason } } as const
        const discarded = await context.client.json(request, discardResponse)
        const audited = discarded.auditSeq === null ? 'it was before' : `audit entry ${discarded.auditSeq}`
        context.print(discarded, `${id} is discarded (${audited}).\n`)
      }),
    )
  for (const option of [...filterOptions, ...bulkOptions()]) discard.addOption(option)
}
