import type { Overview } from '@orchestrator/shared/contracts/control-api'
import { useQuery } from '@tanstack/react-query'
import { overviewQuery } from '../api/queries.ts'
import { ComponentsGrid } from '../components/components-grid.tsx'
import { LatestWebhooks } from '../components/latest-webhooks.tsx'
import { OutageBanners } from '../components/outage-banners.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { QueryView } from '../components/query-view.tsx'
import { QueueBacklogs } from '../components/queue-backlogs.tsx'
import { Section } from '../components/section.tsx'
import { StatTile } from '../components/stat-tile.tsx'
import { useNow } from '../hooks/use-now.ts'
import { formatCapped, formatCount, formatDuration } from '../lib/format.ts'
import { paths } from '../routes/paths.ts'

export function OverviewPage() {
  const query = useQuery(overviewQuery)
  return (
    <>
      <PageHeader title="Overview" description="How things are right now." />
      <QueryView query={query}>{(data) => <OverviewContent overview={data} />}</QueryView>
    </>
  )
}

function OverviewContent({ overview }: { overview: Overview }) {
  return (
    <div className="flex flex-col gap-6">
      <OutageBanners overview={overview} />
      <Tiles overview={overview} />
      <Section title="Components" flush>
        <ComponentsGrid components={overview.components} />
      </Section>
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <LatestWebhooks />
        <Section title="Queues" flush>
          <QueueBacklogs queues={overview.queues} />
        </Section>
      </div>
    </div>
  )
}

function Tiles({ overview: { jobs, deadLetters } }: { overview: Overview }) {
  const now = useNow()
  const waitingFor = jobs?.oldestWaitingAt ? formatDuration(now - Date.parse(jobs.oldestWaitingAt)) : null
  return (
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-3">
      <StatTile
        label="Jobs waiting"
        value={jobs ? formatCount(jobs.waiting) : null}
        note={jobs ? (waitingFor === null ? 'nothing waits' : `the oldest for ${waitingFor}`) : 'not known right now'}
        href={paths.jobs}
      />
      <StatTile
        label="Jobs running"
        value={jobs ? formatCount(jobs.running) : null}
        note={jobs ? (jobs.running === 0 ? 'none at this moment' : 'attempts being made') : 'not known right now'}
        href={`${paths.jobs}?status=running`}
      />
      <StatTile
        label="Open dead letters"
        value={deadLetters ? formatCapped(deadLetters.open, deadLetters.capped) : null}
        note={deadLetters ? (deadLetters.open === 0 ? 'nothing to decide' : 'waiting for a decision') : 'not known right now'}
        tone={deadLetters && deadLetters.open > 0 ? 'danger' : 'neutral'}
        href={paths.deadLetters}
      />
    </div>
  )
}
