import { useInfiniteQuery } from '@tanstack/react-query'
import { type FetchPage, type ListFilters, POLL_LIST_MS } from '../api/queries.ts'
import { type Failure, failureOf } from '../lib/failure.ts'

export interface PagedList<T> {
  /** Undefined until the first page is there. */
  rows: T[] | undefined
  /** Of the last call; rows that were read before stay. */
  failure: Failure | null
  updatedAt: number
  hasMore: boolean
  isLoadingMore: boolean
  /** Lists poll while only their first page is open: older pages would move under the reader. */
  isLive: boolean
  loadMore: () => void
  retry: () => void
}

/** A keyset-paginated list that keeps itself fresh. `name` and `filters` make its identity. */
export function usePagedList<T>(name: string, fetchPage: FetchPage<T>, filters: ListFilters): PagedList<T> {
  const query = useInfiniteQuery({
    queryKey: [name, filters],
    queryFn: ({ pageParam, signal }) => fetchPage(filters, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : POLL_LIST_MS),
  })
  return {
    rows: query.data?.pages.flatMap((page) => page.items),
    failure: query.error ? failureOf(query.error) : null,
    updatedAt: query.dataUpdatedAt,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    isLive: (query.data?.pages.length ?? 0) <= 1,
    loadMore: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  }
}
