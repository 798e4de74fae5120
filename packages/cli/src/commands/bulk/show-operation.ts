import type { BulkOperation, BulkTarget } from '@orchestrator/shared/contracts/bulk-api'
import { printable } from '../../output/printable.ts'
import { shortTime } from '../../output/time.ts'

const KINDS: Readonly<Record<BulkTarget['kind'], string>> = {
  replay_dead_letters: 'replay dead letters',
  discard_dead_letters: 'discard dead letters',
  replay_webhooks: 'replay webhooks',
  cancel_jobs: 'cancel jobs',
}

/** `replay dead letters: connector=billing, class=timeout`. */
export function describeTarget(target: BulkTarget): string {
  const filter = Object.entries(target.filter).map(([name, value]) => `${name}=${value}`)
  return `${KINDS[target.kind]}: ${filter.length === 0 ? 'all' : printable(filter.join(', '))}`
}

/** How many of the total are behind it. */
export function processedOf({ done, skipped, failed }: BulkOperation): number {
  return done + skipped + failed
}

/** Whether nothing more happens to it by itself. */
export function isAtRest({ status }: BulkOperation): boolean {
  return status !== 'running'
}

/** An operation in words, with what can be done about it. */
export function showOperation(operation: BulkOperation): string {
  const { id, status, total, done, skipped, failed, stopAfterFailures } = operation
  const { lastError, ratePerSecond, finishedAt, actor, reason, createdAt } = operation
  const ended = finishedAt === null ? '' : ` ${shortTime(finishedAt)} UTC`
  const lines = [
    `${id}  ${status}${ended}`,
    `  ${describeTarget(operation.target)}`,
    `  ${done} done, ${skipped} skipped, ${failed} failed of ${total}`,
    ...(skipped > 0 ? ['  Skipped were those that are no longer as the filter wants them.'] : []),
    `  started ${shortTime(createdAt)} UTC by ${printable(actor.id)}, ${ratePerSecond} a second: ${printable(reason)}`,
    ...(lastError === null ? [] : [`  last error: ${printable(lastError)}`]),
    ...(status === 'stopped'
      ? [
          `  It stopped by itself: ${stopAfterFailures ?? 'many'} or more died again, or could not be replayed.`,
          '  Once the cause is gone, it goes on, and counts from zero:',
          `  orc bulk resume ${id} --reason TEXT`,
          '  Those that failed stay as they are: cancel it and begin another one, which takes them, too.',
        ]
      : []),
    ...(status === 'paused' ? [`  Go on: orc bulk resume ${id} --reason TEXT`] : []),
  ]
  return `${lines.join('\n')}\n`
}
