import { appliedConfig } from '@orchestrator/shared/contracts/config-document'
import { CliError, usageError } from '../../cli-error.ts'
import { type CommandEnv, type Parent, run } from '../../command-env.ts'
import { confirm } from '../../output/confirm.ts'
import { readReason } from '../../reason-option.ts'
import { planDocument, showPlan } from './plan.ts'
import { readDocument } from './read-document.ts'

const HELP = `
Shows the plan, asks, and applies exactly that: all of it in one revision, or nothing. If somebody changes the configuration in
between, nothing is done. Applying the same file again changes nothing.

Examples:
  $ orc config apply config.yaml --reason "Stripe's new account"
  $ orc config apply config.yaml --reason "release 42" --yes
  $ orc config apply config.yaml --reason "as reviewed" --yes --base-revision 41   # only what was planned against revision 41`

/** `orc config apply FILE --reason TEXT`. */
export function addApply(group: Parent, env: CommandEnv): void {
  group
    .command('apply')
    .description('make the configuration what the file says')
    .argument('<file>', 'YAML or JSON; - is stdin, and needs --yes')
    .requiredOption('--reason <text>', 'why; kept in the audit log')
    .option('--base-revision <number>', 'only if this revision is still in force')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', HELP)
    .action((file, options, command) =>
      run(env, command, async (context) => {
        const { client, io, print, json } = context
        const reason = readReason(options.reason)
        const wantedBase = readBase(options.baseRevision)
        const read = await readDocument(io, file)
        const plan = await planDocument(context, read)
        if (wantedBase !== undefined && wantedBase !== plan.baseRevision) throw movedOn(wantedBase, plan.baseRevision)
        if (plan.changes.length === 0) {
          print({ ...plan, configRevision: plan.baseRevision, auditSeq: null }, showPlan(plan, context))
          return
        }
        if (!json) io.out.write(`${showPlan(plan, context)}\n`)
        await confirm(context, 'Apply this?', options.yes ?? false)
        const body = { document: read.document, reason, baseRevision: plan.baseRevision }
        const applied = await read.placing(client.json({ method: 'POST', path: '/v1/config/apply', body }, appliedConfig))
        print(applied, `Applied: revision ${applied.configRevision} is in force (audit entry ${applied.auditSeq ?? 'none'}).\n`)
      }),
    )
}

function readBase(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,15}$/.test(text)) throw usageError('--base-revision is the number of a revision')
  return Number(text)
}

function movedOn(wanted: number, inForce: number): CliError {
  return new CliError(`Revision ${inForce} is in force, not ${wanted}: nothing was done`, {
    code: 'precondition_failed',
    hint: 'Plan again.',
  })
}
