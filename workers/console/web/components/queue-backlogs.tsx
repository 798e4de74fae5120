import type { Overview } from '@orchestrator/shared/contracts/control-api'
import { formatCount } from '../lib/format.ts'
import { type Column, DataTable } from './data-table.tsx'

type Queue = Overview['queues'][number]

const COLUMNS: readonly Column<Queue>[] = [
  { header: 'Queue', cell: (row) => row.queue },
  {
    header: 'Backlog',
    className: 'w-28 text-right tabular-nums',
    cell: (row) => (row.backlog === null ? <span className="text-kumo-subtle">unknown</span> : formatCount(row.backlog)),
  },
]

/** How many messages wait in each queue. */
export function QueueBacklogs({ queues }: { queues: readonly Queue[] }) {
  return <DataTable caption="Messages waiting in each queue" columns={COLUMNS} rows={queues} rowKey={(row) => row.queue} />
}
