import { QueryClient } from '@tanstack/react-query'
import { failureOf, isWorthRetrying } from '../lib/failure.ts'

const MAX_RETRIES = 1

/** Polling pauses in hidden tabs by react-query's default; only failures that may pass are asked again at once. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 1_000,
        refetchOnWindowFocus: true,
        retry: (failures, thrown) => failures < MAX_RETRIES && isWorthRetrying(failureOf(thrown)),
        retryDelay: 800,
      },
      mutations: { retry: false },
    },
  })
}
