import { appliedConfig, configPlan } from '@orchestrator/shared/contracts/config-document'
import { type CommandEnv, type Parent, run } from '../../command-env.ts'
import { confirm } from '../../output/confirm.ts'
import { readReason } from '../../reason-option.ts'
import { showPlan } from './plan.ts'
import { readRevision } from './read-revision.ts'

const HELP = `
What the revision declared is declared again, as a new revision; history stays. Values of secrets, keys of clients and pauses stay
as they are now. It shows what would change, asks, and does exactly that: if somebody changes the configuration in between, nothing is
done.

Examples:
  $ orc config rollback 40 --reason "41 broke the billing calls"
  $ orc config rollback 40 --reason "41 broke the billing calls" --yes`

/** `orc config rollback REVISION --reason TEXT`. */
export function addRollback(group: Parent, env: CommandEnv): void {
  group
    .command('rollback')
    .description('go back to what a revision declared')
    .argument('<revision>', 'its number')
    .requiredOption('--reason <text>', 'why; kept in the audit log')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', HELP)
    .action((revision, options, command) =>
      run(env, command, async (context) => {
        const { client, io, print, json } = context
        const path = `/v1/config-revisions/${readRevision(revision)}/rollback`
        const reason = readReason(options.reason)
        const dryRun = { method: 'POST', path, query: { dryRun: 'true' }, body: { reason }, safe: true } as const
        const plan = await client.json(dryRun, configPlan)
        if (plan.changes.length === 0) {
          print({ ...plan, configRevision: plan.baseRevision, auditSeq: null }, showPlan(plan, context))
          return
        }
        if (!json) io.out.write(`${showPlan(plan, context)}\n`)
        await confirm(context, `Roll back to revision ${revision}?`, options.yes ?? false)
        const body = { reason, baseRevision: plan.baseRevision }
        const applied = await client.json({ method: 'POST', path, body }, appliedConfig)
        print(applied, `Rolled back: revision ${applied.configRevision} is in force, as revision ${revision} declared it.\n`)
      }),
    )
}
