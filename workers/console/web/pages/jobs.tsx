import type { JobSummary } from '@orchestrator/shared/contracts/control-api'
import { JOB_STATES } from '@orchestrator/shared/contracts/jobs'
import { QUEUE_NAMES } from '@orchestrator/shared/contracts/queue'
import { ListChecksIcon } from '@phosphor-icons/react'
import { useMemo } from 'react'
import { fetchJobs } from '../api/queries.ts'
import type { Column } from '../components/data-table.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { IdCell } from '../components/id-cell.tsx'
import { ListView } from '../components/list-view.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { RelativeTime } from '../components/relative-time.tsx'
import { StatusBadge } from '../components/status-badge.tsx'
import { usePagedList } from '../hooks/use-paged-list.ts'
import { useUrlFilter } from '../hooks/use-url-filter.ts'
import { JOB_STATE_LABELS } from '../lib/labels.ts'
import { paths } from '../routes/paths.ts'

const STATUS_OPTIONS = JOB_STATES.map((state) => ({ value: state, text: JOB_STATE_LABELS[state].text }))
const QUEUE_OPTIONS = QUEUE_NAMES.map((queue) => ({ value: queue, text: queue }))

const COLUMNS: readonly Column<JobSummary>[] = [
  {
    header: 'Job',
    className: 'md:w-36',
    cell: (row) => <IdCell id={row.id} href={paths.job(row.id)} belowOnSmall={callsOf(row)} />,
  },
  { header: 'Status', className: 'w-28', cell: (row) => <StatusBadge label={JOB_STATE_LABELS[row.status]} /> },
  { header: 'Calls', className: 'w-56', wide: true, cell: callsOf },
  { header: 'Queue', className: 'w-24', wide: true, cell: (row) => row.queue },
  { header: 'Attempts', className: 'w-24 text-right tabular-nums', wide: true, cell: attemptsOf },
  { header: 'Last error', wide: true, cell: lastError },
  { header: 'Created', className: 'w-28', cell: (row) => <RelativeTime time={row.createdAt} /> },
]

export function JobsPage() {
  const [status, setStatus] = useUrlFilter('status', JOB_STATES)
  const [queue, setQueue] = useUrlFilter('queue', QUEUE_NAMES)
  const filters = useMemo(() => ({ status, queue }), [status, queue])
  const list = usePagedList('jobs', fetchJobs, filters)
  const filtered = status !== '' || queue !== ''
  return (
    <>
      <PageHeader
        title="Jobs"
        description="What is to be done, is being done and was done, newest first."
        actions={
          <>
            <FilterSelect label="Statuses" value={status} options={STATUS_OPTIONS} onChange={setStatus} />
            <FilterSelect label="Queues" value={queue} options={QUEUE_OPTIONS} onChange={setQueue} />
          </>
        }
      />
      <ListView
        caption="Jobs, newest first"
        list={list}
        columns={COLUMNS}
        rowKey={(row) => row.id}
        empty={emptyState(filtered)}
      />
    </>
  )
}

function emptyState(filtered: boolean) {
  if (filtered) {
    return (
      <EmptyState icon={ListChecksIcon} title="No such jobs" description="None match these filters. Choose other ones above." />
    )
  }
  return (
    <EmptyState
      icon={ListChecksIcon}
      title="No jobs yet"
      description="A webhook that matches a route makes one. The first one appears here."
      developmentCommand="npx -y pnpm@12 send stripe"
    />
  )
}

function callsOf(row: JobSummary): string {
  return `${row.connector} · ${row.operation}`
}

function attemptsOf(row: JobSummary): string {
  return row.maxAttempts === null ? String(row.attemptCount) : `${row.attemptCount} of ${row.maxAttempts}`
}

function lastError(row: JobSummary) {
  if (row.lastError === null) return <span className="text-kumo-subtle">–</span>
  return <span title={row.lastError}>{row.lastError}</span>
}
