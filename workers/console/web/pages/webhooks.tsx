import type { WebhookSummary } from '@orchestrator/shared/contracts/control-api'
import { WebhooksLogoIcon } from '@phosphor-icons/react'
import { fetchWebhooks } from '../api/queries.ts'
import type { Column } from '../components/data-table.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { IdCell } from '../components/id-cell.tsx'
import { ListView } from '../components/list-view.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { RelativeTime } from '../components/relative-time.tsx'
import { StatusBadge } from '../components/status-badge.tsx'
import { usePagedList } from '../hooks/use-paged-list.ts'
import { formatBytes } from '../lib/format.ts'
import { WEBHOOK_STATUS_LABELS } from '../lib/labels.ts'
import { paths } from '../routes/paths.ts'

const NO_FILTERS = {}

const COLUMNS: readonly Column<WebhookSummary>[] = [
  {
    header: 'Webhook',
    className: 'md:w-36',
    cell: (row) => <IdCell id={row.id} href={paths.webhook(row.id)} belowOnSmall={row.type} />,
  },
  { header: 'Provider', className: 'w-32', wide: true, cell: (row) => row.provider },
  {
    header: 'Type',
    wide: true,
    cell: (row) => row.type ?? <span className="text-kumo-subtle">none</span>,
  },
  { header: 'Status', className: 'w-24 sm:w-28', cell: (row) => <StatusBadge label={WEBHOOK_STATUS_LABELS[row.status]} /> },
  { header: 'Size', className: 'w-24 text-right tabular-nums', wide: true, cell: (row) => formatBytes(row.bodySize) },
  { header: 'Received', className: 'w-28 sm:w-32', cell: (row) => <RelativeTime time={row.receivedAt} /> },
]

export function WebhooksPage() {
  const list = usePagedList('webhooks', fetchWebhooks, NO_FILTERS)
  return (
    <>
      <PageHeader title="Webhooks" description="Every webhook whose signature was verified, newest first." />
      <ListView
        caption="Webhooks, newest first"
        list={list}
        columns={COLUMNS}
        rowKey={(row) => row.id}
        empty={
          <EmptyState
            icon={WebhooksLogoIcon}
            title="No webhooks yet"
            description="Point a sender at the ingress address of one of your providers. Its first verified webhook appears here."
            developmentCommand="npx -y pnpm@12 send stripe"
          />
        }
      />
    </>
  )
}
