import { Dialog } from '@cloudflare/kumo/components/dialog'
import type { DeadLetter } from '@orchestrator/shared/contracts/control-api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { replayDeadLetter } from '../api/queries.ts'
import { failureOf } from '../lib/failure.ts'
import { shortenId } from '../lib/format.ts'
import { DEATH_CLASS_LABELS } from '../lib/labels.ts'
import { checkReason } from '../lib/replay-reason.ts'
import { paths } from '../routes/paths.ts'
import { ActionFailure } from './action-failure.tsx'
import { Button } from './button.tsx'
import { ReasonField } from './reason-field.tsx'
import { useToast } from './toasts.tsx'

interface ReplayDialogProps {
  deadLetter: DeadLetter
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** Says what a replay will do, asks why, and shows what control answers. Closing gives the focus back to the button. */
export function ReplayDialog({ deadLetter, open, onOpenChange }: ReplayDialogProps) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog size="lg" className="max-h-[calc(100svh-4rem)] overflow-y-auto p-6">
        <Dialog.Title className="text-xl font-semibold text-kumo-strong">Replay this dead letter?</Dialog.Title>
        <ReplayForm deadLetter={deadLetter} onDone={() => onOpenChange(false)} />
      </Dialog>
    </Dialog.Root>
  )
}

function ReplayForm({ deadLetter, onDone }: { deadLetter: DeadLetter; onDone: () => void }) {
  const [reason, setReason] = useState('')
  const [submitted, setSubmitted] = useState(false)
  const replay = useReplay(deadLetter, onDone)
  const problem = checkReason(reason)

  function submit(event: FormEvent) {
    event.preventDefault()
    setSubmitted(true)
    if (problem === null && !replay.isPending) replay.mutate(reason.trim())
  }

  return (
    <form onSubmit={submit} noValidate className="mt-2 flex flex-col gap-5">
      <Dialog.Description render={<div />} className="flex flex-col gap-3 text-kumo-subtle">
        <WhatWillHappen deadLetter={deadLetter} />
      </Dialog.Description>
      <ReasonField value={reason} onChange={setReason} problem={submitted ? problem : null} />
      {replay.error ? <ActionFailure what="Not replayed" failure={failureOf(replay.error)} /> : null}
      <div className="flex justify-end gap-2">
        <Dialog.Close
          render={(props) => (
            <Button {...props} type="button" variant="secondary">
              Cancel
            </Button>
          )}
        />
        <Button type="submit" variant="primary" loading={replay.isPending}>
          Replay
        </Button>
      </div>
    </form>
  )
}

function WhatWillHappen({ deadLetter }: { deadLetter: DeadLetter }) {
  const target = [deadLetter.connector, deadLetter.operation].filter((part) => part !== null).join(' · ')
  return (
    <>
      <p>
        Job <code className="font-mono text-kumo-default">{shortenId(deadLetter.jobId)}</code> goes back to the{' '}
        <span className="text-kumo-default">{deadLetter.queue}</span> queue as generation {deadLetter.generation + 1}, with all
        its attempts, and calls <span className="text-kumo-default">{target || 'its upstream'}</span> again.
      </p>
      <p>{DEATH_CLASS_LABELS[deadLetter.class].advice}</p>
    </>
  )
}

function useReplay(deadLetter: DeadLetter, onDone: () => void) {
  const queryClient = useQueryClient()
  const showToast = useToast()
  return useMutation({
    mutationFn: (reason: string) => replayDeadLetter(deadLetter.id, { reason }),
    onSuccess: async (replayed) => {
      onDone()
      // The row, and the button that had the focus, go away.
      document.getElementById('content')?.focus()
      showToast({
        title: 'Replayed',
        description: `${shortenId(replayed.jobId)} is queued again as generation ${replayed.generation}.`,
        link: { href: paths.job(replayed.jobId), text: 'Open the job' },
      })
      await queryClient.invalidateQueries()
    },
  })
}
