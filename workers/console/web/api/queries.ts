import {
  type AuditEntry,
  type DeadLetter,
  type JobSummary,
  type ReplayRequest,
  type WebhookSummary,
  auditEntry,
  deadLetter,
  jobDetail,
  jobSummary,
  me,
  overview,
  page,
  replayResponse,
  webhookDetail,
  webhookSummary,
} from '@orchestrator/shared/contracts/control-api'
import { revealedJob, revealedWebhook } from '@orchestrator/shared/contracts/work-api'
import { queryOptions } from '@tanstack/react-query'
import { callApi, postApi } from './client.ts'

/** How often a page asks again, ms. Paused while the tab is hidden. */
export const POLL_LIVE_MS = 2_000
export const POLL_LIST_MS = 4_000
/** Who somebody is changes seldom, but may end. */
const POLL_ME_MS = 60_000

const webhookPage = page(webhookSummary)
const jobPage = page(jobSummary)
const deadLetterPage = page(deadLetter)
const auditPage = page(auditEntry)

export type ListFilters = Readonly<Record<string, string | undefined>>

/** One page of a list, by its cursor. */
export type FetchPage<T> = (
  filters: ListFilters,
  cursor: string | null,
  signal: AbortSignal,
) => Promise<{ items: T[]; nextCursor: string | null }>

function queryString(filters: ListFilters, cursor: string | null): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(filters)) if (value) params.set(name, value)
  if (cursor !== null) params.set('cursor', cursor)
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}

export const fetchWebhooks: FetchPage<WebhookSummary> = (filters, cursor, signal) =>
  callApi(webhookPage, `/inbox${queryString(filters, cursor)}`, { signal })

export const fetchJobs: FetchPage<JobSummary> = (filters, cursor, signal) =>
  callApi(jobPage, `/jobs${queryString(filters, cursor)}`, { signal })

export const fetchDeadLetters: FetchPage<DeadLetter> = (filters, cursor, signal) =>
  callApi(deadLetterPage, `/dead-letters${queryString(filters, cursor)}`, { signal })

export const fetchAudit: FetchPage<AuditEntry> = (filters, cursor, signal) =>
  callApi(auditPage, `/audit${queryString(filters, cursor)}`, { signal })

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => callApi(me, '/me', { signal }),
  staleTime: POLL_ME_MS,
  refetchInterval: ({ state }) => (state.status === 'error' ? POLL_LIST_MS : POLL_ME_MS),
})

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => callApi(overview, '/overview', { signal }),
  refetchInterval: POLL_LIST_MS,
})

export const latestWebhooksQuery = queryOptions({
  queryKey: ['webhooks', 'latest'],
  queryFn: ({ signal }) => callApi(webhookPage, '/inbox?limit=6', { signal }),
  refetchInterval: POLL_LIST_MS,
})

export function webhookQuery(id: string) {
  return queryOptions({
    queryKey: ['webhook', id],
    queryFn: ({ signal }) => callApi(webhookDetail, `/inbox/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: POLL_LIVE_MS,
  })
}

const FINISHED = new Set(['succeeded', 'cancelled'])

export function jobQuery(id: string) {
  return queryOptions({
    queryKey: ['job', id],
    queryFn: ({ signal }) => callApi(jobDetail, `/jobs/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: (query) => (query.state.data && FINISHED.has(query.state.data.status) ? false : POLL_LIVE_MS),
  })
}

export function deadLetterQuery(id: string) {
  return queryOptions({
    queryKey: ['dead-letter', id],
    queryFn: ({ signal }) => callApi(deadLetter, `/dead-letters/${encodeURIComponent(id)}`, { signal }),
  })
}

/** Replays a dead letter. */
export function replayDeadLetter(id: string, request: ReplayRequest) {
  return postApi(replayResponse, `/dead-letters/${encodeURIComponent(id)}/replay`, request)
}

/** What a job sends and got. It is written down who asked, and why. */
export function revealJob(id: string, request: ReplayRequest) {
  return postApi(revealedJob, `/jobs/${encodeURIComponent(id)}/reveal`, request)
}

/** What a sender sent, likewise. */
export function revealWebhook(id: string, request: ReplayRequest) {
  return postApi(revealedWebhook, `/inbox/${encodeURIComponent(id)}/reveal`, request)
}
