import { WarningCircleIcon } from '@phosphor-icons/react'
import type { ReactNode } from 'react'
import { type Failure, describeFailure } from '../lib/failure.ts'
import { Button } from './button.tsx'
import { CopyableId } from './copyable-id.tsx'
import { Notice } from './notice.tsx'

/** Says what went wrong, what to do about it, and the request id to quote. */
export function FailurePanel({ failure, onRetry }: { failure: Failure; onRetry?: (() => void) | undefined }) {
  const { title, detail, requestId, remedy } = describeFailure(failure)
  return (
    <div role="alert" className="flex flex-col items-center gap-3 px-4 py-12 text-center">
      <WarningCircleIcon size={32} className="text-kumo-danger" aria-hidden="true" />
      <div className="flex max-w-lg flex-col gap-1">
        <p className="text-lg font-semibold text-kumo-strong">{title}</p>
        <p className="text-kumo-subtle">{detail}</p>
      </div>
      {requestId === null ? null : <RequestId id={requestId} />}
      {remedy === 'retry' && onRetry ? <Button onClick={onRetry}>Try again</Button> : null}
      {remedy === 'sign_in' ? <SignInAgain /> : null}
    </div>
  )
}

/** The same above data that is still shown as it last was. */
export function StaleBanner({ failure, onRetry }: { failure: Failure; onRetry: () => void }) {
  const { title, detail, remedy } = describeFailure(failure)
  const action: ReactNode =
    remedy === 'sign_in' ? (
      <SignInAgain />
    ) : (
      <Button size="sm" onClick={onRetry}>
        Try again
      </Button>
    )
  return (
    <div role="alert" className="mb-4">
      <Notice variant="alert" title={title} description={`${detail} What you see is what was last known.`} action={action} />
    </div>
  )
}

function RequestId({ id }: { id: string }) {
  return (
    <div className="flex max-w-full items-center gap-2 text-sm text-kumo-subtle">
      <span className="shrink-0">Request</span>
      <CopyableId id={id} what="request id" />
    </div>
  )
}

function SignInAgain() {
  return (
    <Button variant="primary" onClick={() => window.location.reload()}>
      Sign in again
    </Button>
  )
}
