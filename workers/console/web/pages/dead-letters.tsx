import type { DeadLetter } from '@orchestrator/shared/contracts/control-api'
import { SkullIcon } from '@phosphor-icons/react'
import { useMemo } from 'react'
import { fetchDeadLetters } from '../api/queries.ts'
import type { Column } from '../components/data-table.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { IdCell } from '../components/id-cell.tsx'
import { ListView } from '../components/list-view.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { RelativeTime } from '../components/relative-time.tsx'
import { ReplayButton } from '../components/replay-button.tsx'
import { StatusBadge } from '../components/status-badge.tsx'
import { usePagedList } from '../hooks/use-paged-list.ts'
import { usePermissions } from '../hooks/use-permissions.ts'
import { useUrlFilter } from '../hooks/use-url-filter.ts'
import { DEAD_LETTER_STATUS_LABELS, DEATH_CLASS_LABELS } from '../lib/labels.ts'
import { paths } from '../routes/paths.ts'

const STATUSES = ['open', 'replayed', 'discarded'] as const
const STATUS_OPTIONS = STATUSES.map((status) => ({ value: status, text: DEAD_LETTER_STATUS_LABELS[status].text }))

const COLUMNS: readonly Column<DeadLetter>[] = [
  { header: 'Job', className: 'md:w-48', cell: (row) => <IdCell {...idCellOf(row)} /> },
  {
    header: 'Status',
    className: 'w-28',
    wide: true,
    cell: (row) => <StatusBadge label={DEAD_LETTER_STATUS_LABELS[row.status]} />,
  },
  { header: 'Why', wide: true, cell: whyOf },
  { header: 'Queue', className: 'w-24', wide: true, cell: (row) => row.queue },
  { header: 'Died', className: 'w-28', wide: true, cell: (row) => <RelativeTime time={row.diedAt} /> },
  {
    header: 'Action',
    className: 'w-28 text-right',
    cell: (row) => (row.status === 'open' ? <ReplayButton deadLetter={row} /> : null),
  },
]

export function DeadLettersPage() {
  const [status, setStatus] = useUrlFilter('status', STATUSES, 'open')
  const filters = useMemo(() => ({ status }), [status])
  const permissions = usePermissions()
  const list = usePagedList('dead-letters', fetchDeadLetters, filters)
  return (
    <>
      <PageHeader
        title="Dead letters"
        description={
          <>
            Jobs that gave up. Nothing is lost: find the cause, then replay.
            {permissions?.canReplay === false ? ' You can read them; replaying needs the operator role.' : ''}
          </>
        }
        actions={<FilterSelect label="Statuses" value={status} options={STATUS_OPTIONS} onChange={setStatus} />}
      />
      <ListView
        caption="Dead letters, newest first"
        list={list}
        columns={COLUMNS}
        rowKey={(row) => row.id}
        empty={
          <EmptyState
            icon={SkullIcon}
            title={status === 'open' ? 'No open dead letters' : 'No dead letters'}
            description="Jobs that run out of attempts, or are refused for good, wait here for a decision."
          />
        }
      />
    </>
  )
}

function idCellOf(row: DeadLetter) {
  const calls = [row.connector, row.operation].filter((part) => part !== null).join(' · ')
  return { id: row.jobId, href: paths.job(row.jobId), below: calls || 'unknown job', belowOnSmall: summaryOf(row) }
}

function summaryOf(row: DeadLetter): string {
  return `${DEATH_CLASS_LABELS[row.class].text} · ${row.attempts} ${row.attempts === 1 ? 'attempt' : 'attempts'}`
}

function whyOf(row: DeadLetter) {
  return (
    <div className="min-w-0 leading-snug" title={row.error}>
      <p className="truncate font-medium">{summaryOf(row)}</p>
      <p className="truncate text-sm text-kumo-subtle">{row.error}</p>
    </div>
  )
}
