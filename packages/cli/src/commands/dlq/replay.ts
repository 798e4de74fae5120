import { Option } from '@commander-js/extra-typings'
import { replayResponse } from '@orchestrator/shared/contracts/control-api'
import { usageError } from '../../cli-error.ts'
import { type CommandEnv, type Context, type Parent, run } from '../../command-env.ts'
import { nameOf, readInput } from '../../files.ts'
import { readReason } from '../../reason-option.ts'
import { parseYaml } from '../../yaml/parse.ts'
import { bulkOptions, readBulkOptions, refuseForOne, startBulk } from '../bulk/start.ts'
import { filterOptions, isEmpty, readFilter } from './filter-options.ts'

const HELP = `
One by its id: it is put back to work at once. Many by a filter: shows how many, some of them and how long it takes, asks, starts and
shows how far it is. Ctrl-C stops only the watching. What was replayed before is skipped: nothing is done twice.

Examples:
  $ orc dlq replay job_0001JD….1 --reason "billing is back"
  $ orc dlq replay job_0001JD….1 --input fixed.json --reason "the amount was missing"
  $ orc dlq replay --connector billing --from 24h --reason "billing is back" --rate 100
  $ orc dlq replay --all --dry-run`

/** `orc dlq replay [ID] --reason TEXT`: puts dead jobs back to work. */
export function addReplay(group: Parent, env: CommandEnv): void {
  const replay = group
    .command('replay')
    .description('put one dead job, or many, back to work')
    .argument('[id]', 'of a dead letter; without, a filter says which')
    .option('--reason <text>', 'why; kept in the audit log')
    .addOption(
      new Option('--config <which>', 'the configuration it was made under, or the one in force').choices([
        'pinned',
        'current',
      ] as const),
    )
    .addOption(
      new Option(
        '--idempotency-key <which>',
        'with a new one the upstream takes it for another call: what it may have done is then done twice',
      ).choices(['same', 'new'] as const),
    )
    .option('--input <file>', 'of one: call with this input instead (JSON or YAML; - is stdin); the difference is audited')
    .option('--all', 'all that are open')
    .addHelpText('after', HELP)
    .action((id, options, command) =>
      run(env, command, async (context) => {
        const filter = readFilter({ ...options }, context.io.now())
        const { config, idempotencyKey, input } = options
        const how = { ...(config ? { config } : {}), ...(idempotencyKey ? { idempotencyKey } : {}) }
        if (id !== undefined) {
          if (!isEmpty(filter) || options.all) throw usageError('Either an id or a filter, not both')
          refuseForOne(readBulkOptions({ ...options }))
          return replayOne(context, id, { reason: readReason(options.reason), ...how, ...(await readEdited(context, input)) })
        }
        if (input !== undefined) throw usageError('--input is for one dead letter: give its id')
        requireChoice(filter, options.all ?? false)
        const target = { kind: 'replay_dead_letters', filter, options: how } as const
        return startBulk(context, target, options.reason, readBulkOptions({ ...options }))
      }),
    )
  for (const option of [...filterOptions, ...bulkOptions()]) replay.addOption(option)
}

/** All of them is for who says so. */
export function requireChoice(filter: Parameters<typeof isEmpty>[0], all: boolean): void {
  if (isEmpty(filter) && !all) throw usageError('Which? Give an id, a filter, or --all', 'orc dlq groups shows what there is.')
  if (!isEmpty(filter) && all) throw usageError('--all and a filter exclude each other')
}

async function replayOne({ client, print }: Context, id: string, body: unknown): Promise<void> {
  const path = `/v1/dead-letters/${encodeURIComponent(id)}/replay`
  const replayed = await client.json({ method: 'POST', path, body }, replayResponse)
  const { jobId, generation, auditSeq } = replayed
  print(replayed, `${jobId} is queued again, generation ${generation} (audit entry ${auditSeq}).\n`)
}

async function readEdited({ io }: Context, file: string | undefined): Promise<{ input?: unknown }> {
  return file === undefined ? {} : { input: parseYaml(await readInput(io, file), nameOf(file)).value }
}
