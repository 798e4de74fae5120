import { LayerCard } from '@cloudflare/kumo/components/layer-card'
import type { AuditEntry } from '@orchestrator/shared/contracts/control-api'
import { LockIcon, ScrollIcon } from '@phosphor-icons/react'
import { fetchAudit } from '../api/queries.ts'
import { AuditChanges } from '../components/audit-changes.tsx'
import type { Column } from '../components/data-table.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { ListView } from '../components/list-view.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { PageSkeleton } from '../components/page-skeleton.tsx'
import { RelativeTime } from '../components/relative-time.tsx'
import { StatusBadge } from '../components/status-badge.tsx'
import { usePagedList } from '../hooks/use-paged-list.ts'
import { usePermissions } from '../hooks/use-permissions.ts'
import { shortenId } from '../lib/format.ts'
import { AUDIT_ACTION_LABELS, ROLE_LABELS } from '../lib/labels.ts'

const NO_FILTERS = {}

const COLUMNS: readonly Column<AuditEntry>[] = [
  { header: 'No.', className: 'w-14 align-top tabular-nums text-kumo-subtle', wide: true, cell: (row) => row.seq },
  { header: 'When', className: 'w-28 align-top', cell: (row) => <RelativeTime time={row.at} /> },
  {
    header: 'Who',
    className: 'w-52 align-top',
    wide: true,
    cell: (row) => (
      <div className="leading-snug">
        <p className="truncate" title={row.actor.id}>
          {row.actor.id}
        </p>
        <p className="truncate text-sm text-kumo-subtle">
          {row.role === null ? row.actor.kind : ROLE_LABELS[row.role]} · {row.door}
        </p>
      </div>
    ),
  },
  {
    header: 'What',
    className: 'md:w-44 align-top whitespace-normal',
    cell: (row) => (
      <div className="flex flex-col items-start gap-1 leading-snug">
        <StatusBadge label={AUDIT_ACTION_LABELS[row.action]} />
        <p className="max-w-full truncate font-mono text-xs text-kumo-subtle" title={row.target}>
          {shortenId(row.target)}
        </p>
        <p className="max-w-full text-sm break-words text-kumo-subtle md:hidden">
          {row.actor.id}
          {row.reason === null ? '' : `: ${row.reason}`}
        </p>
      </div>
    ),
  },
  {
    header: 'Why',
    className: 'align-top whitespace-normal break-words',
    wide: true,
    cell: (row) => row.reason ?? <span className="text-kumo-subtle">–</span>,
  },
  {
    header: 'Before → after',
    className: 'w-52 align-top whitespace-normal',
    wide: true,
    cell: (row) => <AuditChanges before={row.before} after={row.after} />,
  },
]

export function AuditPage() {
  const permissions = usePermissions()
  return (
    <>
      <PageHeader title="Audit" description="Who did what, and why. Each entry is chained to the one before it by its hash." />
      {permissions === undefined ? <PageSkeleton /> : permissions.canReadAudit ? <AuditList /> : <NotAllowed />}
    </>
  )
}

function AuditList() {
  const list = usePagedList('audit', fetchAudit, NO_FILTERS)
  return (
    <ListView
      caption="Audit entries, newest first"
      list={list}
      columns={COLUMNS}
      rowKey={(row) => String(row.seq)}
      empty={
        <EmptyState
          icon={ScrollIcon}
          title="Nothing has been done yet"
          description="The first change that somebody makes appears here."
        />
      }
    />
  )
}

function NotAllowed() {
  return (
    <LayerCard className="p-0">
      <EmptyState
        icon={LockIcon}
        title="For auditors and admins"
        description="The audit log shows what people did. Ask an admin for the auditor role if you need it."
      />
    </LayerCard>
  )
}
