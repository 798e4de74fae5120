import { Dialog } from '@cloudflare/kumo/components/dialog'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { failureOf } from '../lib/failure.ts'
import { checkReason } from '../lib/replay-reason.ts'
import { ActionFailure } from './action-failure.tsx'
import { Button } from './button.tsx'
import { ReasonField } from './reason-field.tsx'

interface RevealDialogProps {
  /** What is shown: “what the job sends and got”. */
  what: string
  open: boolean
  onOpenChange: (open: boolean) => void
  /** Asks control, which writes it down first, and shows what it answers. */
  reveal: (reason: string) => Promise<void>
}

/** Asks why a payload is to be seen. */
export function RevealDialog({ what, open, onOpenChange, reveal }: RevealDialogProps) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog size="lg" className="max-h-[calc(100svh-4rem)] overflow-y-auto p-6">
        <Dialog.Title className="text-xl font-semibold text-kumo-strong">Reveal {what}?</Dialog.Title>
        <RevealForm reveal={reveal} onDone={() => onOpenChange(false)} />
      </Dialog>
    </Dialog.Root>
  )
}

function RevealForm({ reveal, onDone }: { reveal: RevealDialogProps['reveal']; onDone: () => void }) {
  const [reason, setReason] = useState('')
  const [submitted, setSubmitted] = useState(false)
  const revealing = useMutation({ mutationFn: reveal, onSuccess: onDone })
  const problem = checkReason(reason)

  function submit(event: FormEvent) {
    event.preventDefault()
    setSubmitted(true)
    if (problem === null && !revealing.isPending) revealing.mutate(reason.trim())
  }

  return (
    <form onSubmit={submit} noValidate className="mt-2 flex flex-col gap-5">
      <Dialog.Description className="text-kumo-subtle">
        Payloads may hold personal data. Who saw them, when and why is written down before they are shown.
      </Dialog.Description>
      <ReasonField
        value={reason}
        onChange={setReason}
        problem={submitted ? problem : null}
        placeholder="The customer asks why the plan was not changed, ticket 4711"
      />
      {revealing.error ? <ActionFailure what="Not revealed" failure={failureOf(revealing.error)} /> : null}
      <div className="flex justify-end gap-2">
        <Dialog.Close
          render={(props) => (
            <Button {...props} type="button" variant="secondary">
              Cancel
            </Button>
          )}
        />
        <Button type="submit" variant="primary" loading={revealing.isPending}>
          Reveal
        </Button>
      </div>
    </form>
  )
}
