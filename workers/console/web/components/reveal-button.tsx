import { EyeIcon } from '@phosphor-icons/react'
import { lazy, Suspense, useId, useState } from 'react'
import { usePermissions } from '../hooks/use-permissions.ts'
import { Button } from './button.tsx'

const loadDialog = () => import('./reveal-dialog.tsx')
const RevealDialog = lazy(async () => ({ default: (await loadDialog()).RevealDialog }))

/** Asks for a reason, then shows a payload. People who may not see it find the button disabled, and why. */
export function RevealButton({ what, reveal }: { what: string; reveal: (reason: string) => Promise<void> }) {
  const [open, setOpen] = useState(false)
  const [wanted, setWanted] = useState(false)
  const reasonId = useId()
  const permissions = usePermissions()
  const refusal = permissions?.canReplay === false ? 'Revealing needs the operator role.' : null
  return (
    <>
      <span title={refusal ?? undefined} className="inline-flex">
        <Button
          size="sm"
          variant="secondary"
          icon={<EyeIcon aria-hidden="true" />}
          disabled={!permissions?.canReplay}
          aria-describedby={refusal === null ? undefined : reasonId}
          onPointerEnter={() => void loadDialog()}
          onFocus={() => void loadDialog()}
          onClick={() => {
            setWanted(true)
            setOpen(true)
          }}
        >
          Reveal
        </Button>
      </span>
      {refusal === null ? null : (
        <span id={reasonId} className="sr-only">
          {refusal}
        </span>
      )}
      {wanted ? (
        <Suspense fallback={null}>
          <RevealDialog what={what} open={open} onOpenChange={setOpen} reveal={reveal} />
        </Suspense>
      ) : null}
    </>
  )
}
