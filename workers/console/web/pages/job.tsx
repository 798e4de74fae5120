import type { JobDetail } from '@orchestrator/shared/contracts/control-api'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useParams } from 'react-router'
import { deadLetterQuery, jobQuery } from '../api/queries.ts'
import { CopyableId } from '../components/copyable-id.tsx'
import { Facts } from '../components/facts.tsx'
import { IdLink } from '../components/id-link.tsx'
import { JobPayloads } from '../components/job-payloads.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { QueryView } from '../components/query-view.tsx'
import { RelativeTime } from '../components/relative-time.tsx'
import { ReplayButton } from '../components/replay-button.tsx'
import { Section } from '../components/section.tsx'
import { StatusBadge } from '../components/status-badge.tsx'
import { Timeline } from '../components/timeline.tsx'
import { traceIdOf } from '../lib/format.ts'
import { JOB_STATE_LABELS } from '../lib/labels.ts'
import { buildTimeline } from '../lib/timeline.ts'
import { paths } from '../routes/paths.ts'

const BACK = { href: paths.jobs, label: 'Jobs' }

export function JobPage() {
  const { id = '' } = useParams()
  const query = useQuery(jobQuery(id))
  const job = query.data
  return (
    <>
      <PageHeader
        title={job ? `${job.connector} · ${job.operation}` : 'Job'}
        back={BACK}
        badge={job ? <StatusBadge label={JOB_STATE_LABELS[job.status]} /> : null}
        description={<CopyableId id={id} what="job id" />}
        actions={job?.status === 'dead' ? <ReplayDeadJob job={job} /> : null}
      />
      <QueryView query={query}>{(data) => <JobContent job={data} />}</QueryView>
    </>
  )
}

/** A dead job's letter carries its id and generation. */
function ReplayDeadJob({ job }: { job: JobDetail }) {
  const { data } = useQuery(deadLetterQuery(`${job.id}.${job.generation}`))
  return data?.status === 'open' ? <ReplayButton deadLetter={data} variant="primary" /> : null
}

function JobContent({ job }: { job: JobDetail }) {
  const entries = useMemo(() => buildTimeline(job), [job])
  return (
    <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <Section title="What happened">
        <Timeline entries={entries} />
      </Section>
      <div className="flex min-w-0 flex-col gap-6">
        <Section title="Facts">
          <Facts facts={factsOf(job)} />
        </Section>
        <JobPayloads key={job.id} job={job} />
      </div>
    </div>
  )
}

function factsOf(job: JobDetail) {
  return [
    { label: 'Queue', value: job.queue },
    ...originOf(job),
    {
      label: 'Attempts',
      value: job.maxAttempts === null ? String(job.attemptCount) : `${job.attemptCount} of ${job.maxAttempts}`,
    },
    { label: 'Generation', value: job.generation === 1 ? '1' : `${job.generation} (replayed)` },
    { label: 'Created', value: <RelativeTime time={job.createdAt} /> },
    ...(job.nextAttemptAt === null ? [] : [{ label: 'Next attempt', value: <RelativeTime time={job.nextAttemptAt} /> }]),
    ...(job.orderingKey === null ? [] : [{ label: 'Ordering key', value: job.orderingKey }]),
    ...(job.waitsFor === null
      ? []
      : [
          {
            label: `Waits for (${job.waitsFor.status})`,
            value: <IdLink id={job.waitsFor.id} href={paths.job(job.waitsFor.id)} />,
          },
        ]),
    ...(job.leaseUntil === null ? [] : [{ label: 'Leased until', value: <RelativeTime time={job.leaseUntil} /> }]),
    { label: 'Finished', value: <RelativeTime time={job.finishedAt} /> },
    { label: 'Configuration', value: `revision ${job.configRevision}` },
    { label: 'Trace id', value: <CopyableId id={traceIdOf(job.trace)} what="trace id" /> },
    ...(job.lastError === null ? [] : [{ label: 'Last error', value: job.lastError }]),
  ]
}

/** What made the job: a client by the API, perhaps for the end of another of its jobs, or a webhook under a route. */
function originOf(job: JobDetail) {
  if (job.client !== null) {
    return [
      { label: 'Client', value: job.client },
      ...(job.parentId === null
        ? []
        : [{ label: 'Tells the end of', value: <IdLink id={job.parentId} href={paths.job(job.parentId)} /> }]),
    ]
  }
  return [
    {
      label: 'Webhook',
      value: job.inboxId === null ? '–' : <IdLink id={job.inboxId} href={paths.webhook(job.inboxId)} />,
    },
    { label: 'Route', value: job.route ?? '–' },
  ]
}
