import { Option } from '@commander-js/extra-typings'
import {
  bulkOperation,
  type BulkPlan,
  bulkPlan,
  bulkPlanRequest,
  type BulkTarget,
  MAX_BULK_RATE,
} from '@orchestrator/shared/contracts/bulk-api'
import type * as z from 'zod'
import { usageError } from '../../cli-error.ts'
import type { Context } from '../../command-env.ts'
import { EXIT, type ExitCode } from '../../exit-codes.ts'
import { confirm } from '../../output/confirm.ts'
import { table } from '../../output/table.ts'
import { duration } from '../../output/time.ts'
import { readReason } from '../../reason-option.ts'
import { describeTarget } from './show-operation.ts'
import { howToGoOn, watchBulk } from './watch.ts'

export interface BulkOptions {
  rate: number | undefined
  stopAfterFailures: number | null
  dryRun: boolean
  detach: boolean
  yes: boolean
}

/** How many at once are gone through. */
export function bulkOptions(): Option[] {
  return [
    new Option('--rate <number>', `of many: how many a second, at most ${MAX_BULK_RATE} (50)`),
    new Option('--stop-after-failures <number>', 'of many: stop by itself when so many died again or could not be replayed'),
    new Option('--dry-run', 'of many: show the plan, and do nothing'),
    new Option('--detach', 'of many: do not watch'),
    new Option('-y, --yes', 'of many: do not ask'),
  ]
}

/** The values of these options. */
export function readBulkOptions(options: Readonly<Record<string, unknown>>): BulkOptions {
  const number = (name: string, flag: string, max: number): number | undefined => {
    if (options[name] === undefined) return undefined
    const value = Number(options[name])
    if (!Number.isInteger(value) || value < 1 || value > max) throw usageError(`${flag} is a number from 1 to ${max}`)
    return value
  }
  return {
    rate: number('rate', '--rate', MAX_BULK_RATE),
    stopAfterFailures: number('stopAfterFailures', '--stop-after-failures', 1_000_000) ?? null,
    dryRun: options.dryRun === true,
    detach: options.detach === true,
    yes: options.yes === true,
  }
}

/** For a command that was given one id: it is done at once, so options that ask for a plan or a pace are refused, not overlooked. */
export function refuseForOne({ rate, stopAfterFailures, dryRun, detach }: BulkOptions): void {
  const given = [
    ...(dryRun ? ['--dry-run'] : []),
    ...(detach ? ['--detach'] : []),
    ...(rate === undefined ? [] : ['--rate']),
    ...(stopAfterFailures === null ? [] : ['--stop-after-failures']),
  ]
  if (given.length > 0) throw usageError(`${given.join(', ')} is for many: with an id it is done at once`, 'Nothing was done.')
}

/** Plans, asks, starts and watches. */
export async function startBulk(
  context: Context,
  target: z.input<typeof bulkPlanRequest>['target'],
  givenReason: string | undefined,
  { rate, stopAfterFailures, dryRun, detach, yes }: BulkOptions,
): Promise<ExitCode> {
  const { client, io, json, print, say } = context
  const reason = dryRun ? undefined : readReason(givenReason)
  const asked = { target, ...(rate === undefined ? {} : { ratePerSecond: rate }) }
  const planRequest = { method: 'POST', path: '/v1/bulk-operations/plan', body: asked, safe: true } as const
  const plan = await client.json(planRequest, bulkPlan)
  if (dryRun || plan.count === 0) {
    print(plan, () => showPlan(plan, io.out.columns))
    return EXIT.ok
  }
  if (!json) io.out.write(`${showPlan(plan, io.out.columns)}\n`)
  await confirm(context, `${QUESTIONS[plan.target.kind]} ${plan.capped ? 'all of them' : plan.count}?`, yes)
  const body = { ...asked, stopAfterFailures, reason }
  // Asked again after a lost answer, it is the same operation.
  const request = { method: 'POST', path: '/v1/bulk-operations', body, idempotencyKey: crypto.randomUUID() } as const
  const operation = await client.json(request, bulkOperation)
  if (detach) {
    print(operation, `${operation.id} has started. ${howToGoOn(operation.id)}\n`)
    return EXIT.ok
  }
  say(`${operation.id} has started.`)
  return watchBulk(context, operation.id)
}

const QUESTIONS: Readonly<Record<BulkTarget['kind'], string>> = {
  replay_dead_letters: 'Replay',
  discard_dead_letters: 'Discard',
  replay_webhooks: 'Replay',
  cancel_jobs: 'Cancel',
}

function showPlan(
  { target, count, capped, sample, ratePerSecond, estimatedSeconds }: BulkPlan,
  width: number | undefined,
): string {
  if (count === 0) return `${describeTarget(target)}\nNone fits: there is nothing to do.\n`
  const rows = sample.map(({ id, about }) => [`  ${id}`, about])
  const columns = [{ title: '  THE NEWEST' }, { title: '', flexible: true }] as const
  const about = `${capped ? 'more than ' : ''}${count.toLocaleString('en-US')}`
  return [
    `${describeTarget(target)}\n`,
    `${about} at ${ratePerSecond} a second: about ${duration(estimatedSeconds)}.\n`,
    rows.length > 0 ? `\n${table(columns, rows, width)}` : '',
  ].join('')
}
