import { Badge } from '@cloudflare/kumo/components/badge'
import type { Attempt } from '@orchestrator/shared/contracts/control-api'
import { formatBytes, formatDuration } from '../lib/format.ts'
import { CopyableId } from './copyable-id.tsx'

const OUTCOMES = {
  success: { variant: 'success', text: 'Succeeded' },
  failure: { variant: 'error', text: 'Failed' },
  unknown: { variant: 'warning', text: 'Outcome unknown' },
} as const

/** One call's result at a glance. */
export function AttemptSummary({ attempt }: { attempt: Attempt }) {
  const outcome = OUTCOMES[attempt.outcome]
  return (
    <div className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1">
      <Badge variant={outcome.variant}>
        {attempt.status === null ? outcome.text : `${attempt.status} ${outcome.text.toLowerCase()}`}
      </Badge>
      <span className="text-kumo-default tabular-nums">{formatDuration(attempt.durationMs)}</span>
      <code className="min-w-0 font-mono text-sm break-all text-kumo-subtle">
        {attempt.method} {attempt.url}
      </code>
    </div>
  )
}

/** The rest of a call, on demand. */
export function AttemptMore({ attempt }: { attempt: Attempt }) {
  return (
    <details className="mt-1.5 text-sm">
      <summary className="w-fit cursor-pointer rounded-sm text-kumo-subtle hover:text-kumo-default focus-visible:ring-2 focus-visible:ring-kumo-brand focus-visible:outline-none">
        Details
      </summary>
      <dl className="mt-2 grid grid-cols-1 gap-x-4 gap-y-1.5 sm:grid-cols-[auto_minmax(0,1fr)]">
        <dt className="text-kumo-subtle">Idempotency key</dt>
        <dd className="min-w-0">
          <CopyableId id={attempt.idempotencyKey} what="idempotency key" />
        </dd>
        <dt className="text-kumo-subtle">Attempt id</dt>
        <dd className="min-w-0">
          <CopyableId id={attempt.id} what="attempt id" />
        </dd>
        {attempt.failure === null ? null : (
          <>
            <dt className="text-kumo-subtle">Failure</dt>
            <dd>{attempt.failure}</dd>
          </>
        )}
        <dt className="text-kumo-subtle">Answer</dt>
        <dd className="min-w-0">
          <span className="text-kumo-subtle">
            {attempt.responseBytes ? `${formatBytes(attempt.responseBytes)} kept: reveal the payloads to see it` : 'none'}
          </span>
        </dd>
      </dl>
    </details>
  )
}
