import { deadLetterDetail, type DeadLetterDetail, jobDetail, type JobDetail } from '@orchestrator/shared/contracts/control-api'
import { CliError } from '../../cli-error.ts'
import { type CommandEnv, type Parent, run } from '../../command-env.ts'
import type { Colours } from '../../output/colours.ts'
import { printable } from '../../output/printable.ts'
import { table } from '../../output/table.ts'
import { counted, shortTime } from '../../output/time.ts'

const HELP = `
Example:
  $ orc dlq show job_0001JD….1`

/** `orc dlq show ID`: a dead letter, its job's story and attempts. */
export function addShow(group: Parent, env: CommandEnv): void {
  group
    .command('show')
    .description("show one dead letter with its job's attempts and events")
    .argument('<id>', 'of the dead letter (orc dlq list)')
    .addHelpText('after', HELP)
    .action((id, _options, command) =>
      run(env, command, async ({ client, io, colours, print }) => {
        const letter = await client.get(`/v1/dead-letters/${encodeURIComponent(id)}`, deadLetterDetail)
        const job = await client.get(`/v1/jobs/${encodeURIComponent(letter.jobId)}`, jobDetail).catch((error: unknown) => {
          // A dead letter can outlive its job, or hold a message that never had one.
          if (error instanceof CliError && error.code === 'not_found') return null
          throw error
        })
        print({ deadLetter: letter, job }, () => showLetter(letter, colours) + (job ? showJob(job, colours, io.out.columns) : ''))
      }),
    )
}

function showLetter(letter: DeadLetterDetail, { bold, removed }: Colours): string {
  const closed = letter.closedAt === null ? '' : ` ${shortTime(letter.closedAt)} UTC`
  const title = `${bold(letter.id)}  ${letter.status}${closed}\n`
  const told = fields([
    ['error', letter.error, removed],
    ['class', letter.class],
    ['died', `${shortTime(letter.diedAt)} UTC after ${counted(letter.attempts, 'attempt')}`],
    ['queue', letter.queue],
    ['calls', letter.connector === null ? '(unknown)' : `${letter.connector}/${letter.operation ?? ''}`],
    [
      'webhook',
      letter.inboxId === null ? '(none)' : `${letter.inboxId} ${letter.provider ?? ''} ${letter.eventType ?? ''}`.trim(),
    ],
    ...(letter.fingerprint === null ? [] : [['group', letter.fingerprint] as const]),
    ...(letter.closedBy === null ? [] : [['closed by', closedBy(letter.closedBy)] as const]),
  ])
  return title + told
}

function closedBy({ actor, reason, auditSeq }: NonNullable<DeadLetterDetail['closedBy']>): string {
  const audited = auditSeq === null ? '' : ` (audit entry ${auditSeq})`
  return `${actor?.id ?? 'its sender, who delivered it again'}${reason === null ? '' : `: ${reason}`}${audited}`
}

function showJob(job: JobDetail, colours: Colours, width: number | undefined): string {
  const { bold } = colours
  const attempts = job.attempts.map((attempt) => [
    `${attempt.generation}.${attempt.attempt}`,
    shortTime(attempt.startedAt),
    `${Math.round(attempt.durationMs)} ms`,
    attempt.outcome,
    attempt.status === null ? '' : String(attempt.status),
    attempt.error ?? '',
  ])
  const columns = [
    { title: 'ATTEMPT' },
    { title: 'STARTED (UTC)' },
    { title: 'TOOK', align: 'right' },
    { title: 'OUTCOME' },
    { title: 'STATUS' },
    { title: 'ERROR', flexible: true },
  ] as const
  const events = job.events.map(({ at, type }) => `  ${shortTime(at)}  ${type}\n`).join('')
  return [
    `\n${bold(`Job ${job.id}`)}\n`,
    fields([
      ['status', `${job.status}, generation ${job.generation}`],
      ['made by', job.route ?? job.client ?? job.parentId ?? '(unknown)'],
      ['pinned to', `revision ${job.configRevision}`],
      ...(job.orderingKey === null ? [] : [['ordering', job.orderingKey] as const]),
      ['trace', job.trace],
      ['input', inputText(job.input)],
    ]),
    attempts.length > 0 ? `\n${table(columns, attempts, width)}` : '',
    events === '' ? '' : `\nEvents (UTC)\n${events}`,
  ].join('')
}

/** Payloads are shown by the API's `reveal` alone, with a reason. */
function inputText({ kind, bytes }: JobDetail['input']): string {
  return bytes === null ? kind : `${kind}, ${bytes} bytes`
}

type Field = readonly [name: string, value: string, paint?: (text: string) => string]

/** Much of this came with a webhook or from an upstream: its type, its ordering key, its error. */
function fields(all: readonly Field[]): string {
  return all.map(([name, value, paint = String]) => `  ${name.padEnd(10)} ${paint(printable(value))}\n`).join('')
}
