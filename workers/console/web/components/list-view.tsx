import { LayerCard } from '@cloudflare/kumo/components/layer-card'
import type { ReactNode } from 'react'
import type { PagedList } from '../hooks/use-paged-list.ts'
import { formatCount } from '../lib/format.ts'
import { DataTable, type Column } from './data-table.tsx'
import { FailurePanel, StaleBanner } from './failure-panel.tsx'
import { Button } from './button.tsx'

interface ListViewProps<T> {
  caption: string
  list: PagedList<T>
  columns: readonly Column<T>[]
  rowKey: (row: T) => string
  /** Shown instead of a table without rows: says what to do. */
  empty: ReactNode
}

/** A list in every state it can be in: on the way, empty, failed, stale, with rows, with more to load. */
export function ListView<T>({ caption, list, columns, rowKey, empty }: ListViewProps<T>) {
  const { rows, failure } = list
  if (rows === undefined && failure) {
    return (
      <LayerCard className="p-0">
        <FailurePanel failure={failure} onRetry={list.retry} />
      </LayerCard>
    )
  }
  return (
    <>
      {failure ? <StaleBanner failure={failure} onRetry={list.retry} /> : null}
      <LayerCard className="p-0">
        {rows?.length === 0 ? empty : <DataTable caption={caption} columns={columns} rows={rows} rowKey={rowKey} />}
      </LayerCard>
      {rows && rows.length > 0 ? <ListFooter list={list} count={rows.length} /> : null}
    </>
  )
}

function ListFooter<T>({ list, count }: { list: PagedList<T>; count: number }) {
  return (
    <div className="mt-3 flex flex-wrap items-center justify-between gap-3 text-sm text-kumo-subtle">
      <p>
        {formatCount(count)} {list.hasMore ? 'newest shown' : count === 1 ? 'entry' : 'entries, all shown'}
        {list.isLive ? ' · updates by itself' : ' · not updating while older pages are open'}
      </p>
      {list.hasMore ? (
        <Button size="sm" onClick={list.loadMore} loading={list.isLoadingMore}>
          Load older
        </Button>
      ) : null}
    </div>
  )
}
