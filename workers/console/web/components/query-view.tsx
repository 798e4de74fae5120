import { LayerCard } from '@cloudflare/kumo/components/layer-card'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { failureOf } from '../lib/failure.ts'
import { FailurePanel, StaleBanner } from './failure-panel.tsx'
import { PageSkeleton } from './page-skeleton.tsx'

/** One thing in every state it can be in: on the way, failed, stale, there. */
export function QueryView<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  const failure = query.error ? failureOf(query.error) : null
  const retry = () => void query.refetch()
  if (query.data !== undefined) {
    return (
      <>
        {failure ? <StaleBanner failure={failure} onRetry={retry} /> : null}
        {children(query.data)}
      </>
    )
  }
  if (!failure) return <PageSkeleton />
  return (
    <LayerCard className="p-0">
      <FailurePanel failure={failure} onRetry={retry} />
    </LayerCard>
  )
}
