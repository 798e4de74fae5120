import { configRevisionDetail } from '@orchestrator/shared/contracts/config-document'
import { stringify } from 'yaml'
import { type CommandEnv, type Parent, run } from '../../command-env.ts'
import { printable } from '../../output/printable.ts'
import { showChanges } from '../../output/show-changes.ts'
import { shortTime } from '../../output/time.ts'
import { readRevision } from './read-revision.ts'

const HELP = `
Examples:
  $ orc config show 41
  $ orc config show 41 --document`

/** `orc config show REVISION`: one revision, and what it changed. */
export function addShow(group: Parent, env: CommandEnv): void {
  group
    .command('show')
    .description('show one revision and what it changed')
    .argument('<revision>', 'its number')
    .option('--document', 'print its whole configuration as YAML instead')
    .addHelpText('after', HELP)
    .action((revision, options, command) =>
      run(env, command, async ({ client, colours, print }) => {
        const detail = await client.get(`/v1/config-revisions/${readRevision(revision)}`, configRevisionDetail)
        print(detail, () => {
          if (options.document) return stringify(detail.document, { lineWidth: 0 })
          const { bold } = colours
          const title = `${bold(`Revision ${detail.revision}`)}${detail.inForce ? ', in force' : ''}`
          const origin = `${shortTime(detail.publishedAt)} UTC by ${printable(`${detail.author}: ${detail.reason}`)}`
          return `${title}\n${origin}\n\n${showChanges(detail.changes, colours)}`
        })
      }),
    )
}
