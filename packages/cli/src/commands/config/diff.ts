import { configComparison } from '@orchestrator/shared/contracts/config-document'
import { type CommandEnv, type Parent, run } from '../../command-env.ts'
import { EXIT } from '../../exit-codes.ts'
import { showChanges } from '../../output/show-changes.ts'
import { readRevision } from './read-revision.ts'

const HELP = `
Examples:
  $ orc config diff 40        # what has changed since revision 40
  $ orc config diff 40 41`

/** `orc config diff A [B]`: what leads from one revision to another. */
export function addDiff(group: Parent, env: CommandEnv): void {
  group
    .command('diff')
    .description('compare two revisions')
    .argument('<from>', 'a revision')
    .argument('[to]', 'another one; the one in force without')
    .option('--exit-code', 'end with 3 when they differ')
    .addHelpText('after', HELP)
    .action((from, to, { exitCode }, command) =>
      run(env, command, async ({ client, colours, print }) => {
        const path = `/v1/config-revisions/${readRevision(from)}/compare`
        const query = { with: to === undefined ? undefined : readRevision(to) }
        const comparison = await client.get(path, configComparison, query)
        const differ = comparison.changes.length > 0
        const title = `From revision ${comparison.from} to revision ${comparison.to}:\n\n`
        print(comparison, () => (differ ? title + showChanges(comparison.changes, colours) : 'They are the same.\n'))
        return exitCode && differ ? EXIT.found : EXIT.ok
      }),
    )
}
