import type { JobDetail, PayloadSummary } from '@orchestrator/shared/contracts/control-api'
import type { RevealedJob } from '@orchestrator/shared/contracts/work-api'
import { useState } from 'react'
import { revealJob } from '../api/queries.ts'
import { formatBytes } from '../lib/format.ts'
import { Facts } from './facts.tsx'
import { JsonBlock } from './json-block.tsx'
import { RevealButton } from './reveal-button.tsx'
import { Section } from './section.tsx'

const KINDS: Record<PayloadSummary['kind'], string> = {
  none: 'None',
  inline: 'Kept with the job',
  stored: 'Kept apart, since it is large',
  webhook: 'Mapped from its webhook',
}

/** What a job sends and got: how much there is, and on demand, with a reason, what. */
export function JobPayloads({ job }: { job: JobDetail }) {
  // Of this page only: whoever comes back to it gives a reason again.
  const [revealed, setRevealed] = useState<RevealedJob | null>(null)
  const reveal = async (reason: string) => setRevealed(await revealJob(job.id, { reason }))
  return (
    <Section
      title="Payloads"
      actions={revealed === null ? <RevealButton what="what this job sends and got" reveal={reveal} /> : null}
    >
      {revealed === null ? (
        <Facts
          facts={[
            { label: 'Input', value: summaryOf(job.input) },
            { label: 'Result', value: summaryOf(job.result) },
          ]}
        />
      ) : (
        <Revealed job={revealed} />
      )}
    </Section>
  )
}

function Revealed({ job }: { job: RevealedJob }) {
  const answers = job.attempts.filter(({ responseExcerpt }) => responseExcerpt !== null && responseExcerpt !== '')
  return (
    <div className="flex flex-col gap-4">
      <Part title="Input">
        {job.input.unavailable === null ? (
          <JsonBlock label="Input of the job" value={job.input.value} />
        ) : (
          <p className="text-kumo-subtle">It cannot be told: {job.input.unavailable}</p>
        )}
      </Part>
      {job.result === null || job.result === undefined ? null : (
        <Part title="Result">
          <JsonBlock label="Result of the job" value={job.result} />
        </Part>
      )}
      {answers.map(({ id, responseExcerpt }) => (
        <Part key={id} title={`Answer to ${id}`}>
          <pre className="max-h-48 overflow-auto rounded-md bg-kumo-recessed p-2 font-mono text-xs break-words whitespace-pre-wrap">
            {responseExcerpt}
          </pre>
        </Part>
      ))}
    </div>
  )
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0">
      <h3 className="mb-1 text-sm text-kumo-subtle">{title}</h3>
      {children}
    </div>
  )
}

function summaryOf({ kind, bytes }: PayloadSummary): string {
  return bytes === null ? KINDS[kind] : `${KINDS[kind]} · ${formatBytes(bytes)}`
}
