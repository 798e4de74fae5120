import type { WebhookDetail } from '@orchestrator/shared/contracts/control-api'
import { useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import { webhookQuery } from '../api/queries.ts'
import { CopyableId } from '../components/copyable-id.tsx'
import { type Column, DataTable } from '../components/data-table.tsx'
import { Facts } from '../components/facts.tsx'
import { IdLink } from '../components/id-link.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { QueryView } from '../components/query-view.tsx'
import { RelativeTime } from '../components/relative-time.tsx'
import { Section } from '../components/section.tsx'
import { StatusBadge } from '../components/status-badge.tsx'
import { WebhookBody } from '../components/webhook-body.tsx'
import { formatBytes, formatVerificationFact, humanizeKey, traceIdOf } from '../lib/format.ts'
import { JOB_STATE_LABELS, WEBHOOK_STATUS_LABELS } from '../lib/labels.ts'
import { paths } from '../routes/paths.ts'

const BACK = { href: paths.webhooks, label: 'Webhooks' }

const JOB_COLUMNS: readonly Column<WebhookDetail['jobs'][number]>[] = [
  { header: 'Job', className: 'w-36', cell: (job) => <IdLink id={job.id} href={paths.job(job.id)} /> },
  { header: 'Status', className: 'w-28', cell: (job) => <StatusBadge label={JOB_STATE_LABELS[job.status]} /> },
  { header: 'Calls', cell: (job) => `${job.connector} · ${job.operation}` },
]

export function WebhookPage() {
  const { id = '' } = useParams()
  const query = useQuery(webhookQuery(id))
  const webhook = query.data
  return (
    <>
      <PageHeader
        title={webhook ? (webhook.type ?? 'Webhook without a type') : 'Webhook'}
        back={BACK}
        badge={webhook ? <StatusBadge label={WEBHOOK_STATUS_LABELS[webhook.status]} /> : null}
        description={<CopyableId id={id} what="webhook id" />}
      />
      <QueryView query={query}>{(data) => <WebhookContent webhook={data} />}</QueryView>
    </>
  )
}

function WebhookContent({ webhook }: { webhook: WebhookDetail }) {
  return (
    <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div className="flex min-w-0 flex-col gap-6">
        <Section title="Jobs" flush>
          {webhook.jobs.length > 0 ? (
            <DataTable caption="Jobs of this webhook" columns={JOB_COLUMNS} rows={webhook.jobs} rowKey={(job) => job.id} />
          ) : (
            <p className="p-5 text-kumo-subtle">
              No route matched this event, so it made no job. It is kept, and can be replayed once a route exists.
            </p>
          )}
        </Section>
        <WebhookBody key={webhook.id} webhook={webhook} />
        <Section title="Headers">
          <Headers headers={webhook.headers} />
        </Section>
      </div>
      <div className="flex min-w-0 flex-col gap-6">
        <Section title="Signature">
          <Facts
            facts={Object.entries(webhook.verification).map(([key, value]) => ({
              label: humanizeKey(key),
              value: <span className="break-all">{formatVerificationFact(key, value)}</span>,
            }))}
          />
        </Section>
        <Section title="Facts">
          <Facts
            facts={[
              { label: 'Provider', value: webhook.provider },
              { label: 'Received', value: <RelativeTime time={webhook.receivedAt} /> },
              { label: 'Event id', value: webhook.eventId === null ? '–' : <CopyableId id={webhook.eventId} what="event id" /> },
              { label: 'Dedupe key', value: <CopyableId id={webhook.dedupeKey} what="dedupe key" /> },
              { label: 'Body', value: `${formatBytes(webhook.bodySize)} · ${webhook.contentType ?? 'no content type'}` },
              { label: 'Trace id', value: <CopyableId id={traceIdOf(webhook.trace)} what="trace id" /> },
            ]}
          />
        </Section>
      </div>
    </div>
  )
}

function Headers({ headers }: { headers: WebhookDetail['headers'] }) {
  if (headers.length === 0) return <p className="text-kumo-subtle">None were kept.</p>
  return (
    <dl className="flex flex-col gap-2 font-mono text-xs">
      {headers.map(([name, value], index) => (
        // Headers may repeat and never change, so their place is their identity.
        // oxlint-disable-next-line react/no-array-index-key -- see above
        <div key={index} className="flex flex-col gap-x-3 sm:flex-row">
          <dt className="shrink-0 text-kumo-subtle sm:w-48">{name}</dt>
          <dd className="min-w-0 break-all text-kumo-default">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
