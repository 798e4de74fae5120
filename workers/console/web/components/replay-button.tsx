import type { DeadLetter } from '@orchestrator/shared/contracts/control-api'
import { ArrowClockwiseIcon } from '@phosphor-icons/react'
import { lazy, Suspense, useId, useState } from 'react'
import { usePermissions } from '../hooks/use-permissions.ts'
import { Button } from './button.tsx'

const loadDialog = () => import('./replay-dialog.tsx')
const ReplayDialog = lazy(async () => ({ default: (await loadDialog()).ReplayDialog }))

/** Opens the replay dialog. People who may not replay see the button disabled, and why. */
export function ReplayButton({
  deadLetter,
  variant = 'secondary',
}: {
  deadLetter: DeadLetter
  variant?: 'primary' | 'secondary'
}) {
  const [open, setOpen] = useState(false)
  const [wanted, setWanted] = useState(false)
  const reasonId = useId()
  const permissions = usePermissions()
  const refusal = permissions?.canReplay === false ? 'Replaying needs the operator role.' : null

  function openDialog() {
    setWanted(true)
    setOpen(true)
  }

  return (
    <>
      <span title={refusal ?? undefined} className="inline-flex">
        <Button
          size={variant === 'primary' ? 'base' : 'sm'}
          variant={variant}
          icon={<ArrowClockwiseIcon aria-hidden="true" />}
          disabled={!permissions?.canReplay}
          aria-describedby={refusal === null ? undefined : reasonId}
          onPointerEnter={() => void loadDialog()}
          onFocus={() => void loadDialog()}
          onClick={openDialog}
        >
          Replay
        </Button>
      </span>
      {refusal === null ? null : (
        <span id={reasonId} className={variant === 'primary' ? 'text-sm text-kumo-subtle' : 'sr-only'}>
          {refusal}
        </span>
      )}
      {wanted ? (
        <Suspense fallback={null}>
          <ReplayDialog deadLetter={deadLetter} open={open} onOpenChange={setOpen} />
        </Suspense>
      ) : null}
    </>
  )
}
