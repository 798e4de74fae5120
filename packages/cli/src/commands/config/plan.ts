import { type ConfigPlan, configPlan } from '@orchestrator/shared/contracts/config-document'
import { type CommandEnv, type Context, type Parent, run } from '../../command-env.ts'
import { EXIT } from '../../exit-codes.ts'
import { showChanges, showEffects } from '../../output/show-changes.ts'
import { type ReadDocument, readDocument } from './read-document.ts'

const HELP = `
Nothing is changed. What is not in the file but in the configuration is deleted by apply, and shown here with a minus.

Examples:
  $ orc config plan config.yaml
  $ orc config plan config.yaml --exit-code      # 3 when there are changes, for pipelines
  $ cat config.yaml | orc config plan - --json`

/** `orc config plan FILE`: what `apply` would do. */
export function addPlan(group: Parent, env: CommandEnv): void {
  group
    .command('plan')
    .description('show what apply would change')
    .argument('<file>', 'YAML or JSON; - is stdin')
    .option('--exit-code', 'end with 3 when there are changes')
    .addHelpText('after', HELP)
    .action((file, { exitCode }, command) =>
      run(env, command, async (context) => {
        const plan = await planDocument(context, await readDocument(context.io, file))
        context.print(plan, () => showPlan(plan, context))
        return exitCode && plan.changes.length > 0 ? EXIT.found : EXIT.ok
      }),
    )
}

export function planDocument({ client }: Context, { document, placing }: ReadDocument): Promise<ConfigPlan> {
  const request = { method: 'POST', path: '/v1/config/plan', body: { document }, safe: true } as const
  return placing(client.json(request, configPlan))
}

/** The plan in words. */
export function showPlan(plan: ConfigPlan, { colours }: Pick<Context, 'colours'>): string {
  if (plan.changes.length === 0) return `No changes: revision ${plan.baseRevision} is already like this.\n`
  const title = `Against revision ${plan.baseRevision}:\n\n`
  return title + showChanges(plan.changes, colours) + showEffects(plan.effects)
}
