import type { WebhookSummary } from '@orchestrator/shared/contracts/control-api'
import { WebhooksLogoIcon } from '@phosphor-icons/react'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { latestWebhooksQuery } from '../api/queries.ts'
import { failureOf } from '../lib/failure.ts'
import { WEBHOOK_STATUS_LABELS } from '../lib/labels.ts'
import { paths } from '../routes/paths.ts'
import { type Column, DataTable } from './data-table.tsx'
import { EmptyState } from './empty-state.tsx'
import { FailurePanel } from './failure-panel.tsx'
import { IdCell } from './id-cell.tsx'
import { RelativeTime } from './relative-time.tsx'
import { Section } from './section.tsx'
import { StatusBadge } from './status-badge.tsx'

const COLUMNS: readonly Column<WebhookSummary>[] = [
  {
    header: 'Webhook',
    className: 'md:w-36',
    cell: (row) => <IdCell id={row.id} href={paths.webhook(row.id)} belowOnSmall={row.type} />,
  },
  { header: 'Type', wide: true, cell: (row) => row.type ?? <span className="text-kumo-subtle">none</span> },
  { header: 'Status', className: 'w-24 sm:w-28', cell: (row) => <StatusBadge label={WEBHOOK_STATUS_LABELS[row.status]} /> },
  { header: 'Received', className: 'w-28', cell: (row) => <RelativeTime time={row.receivedAt} /> },
]

/** The last few webhooks, with a way to all of them. */
export function LatestWebhooks() {
  return (
    <Section
      title="Latest webhooks"
      flush
      actions={
        <Link to={paths.webhooks} className="text-sm text-kumo-link hover:underline">
          All webhooks
        </Link>
      }
    >
      <LatestWebhooksBody />
    </Section>
  )
}

function LatestWebhooksBody() {
  const query = useQuery(latestWebhooksQuery)
  const rows = query.data?.items
  if (rows === undefined && query.error)
    return <FailurePanel failure={failureOf(query.error)} onRetry={() => void query.refetch()} />
  if (rows?.length === 0) {
    return (
      <EmptyState
        icon={WebhooksLogoIcon}
        title="No webhooks yet"
        description="The first verified webhook appears here."
        developmentCommand="npx -y pnpm@12 send stripe"
      />
    )
  }
  return <DataTable caption="Latest webhooks" columns={COLUMNS} rows={rows} rowKey={(row) => row.id} />
}
