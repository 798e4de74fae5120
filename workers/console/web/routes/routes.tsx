import { lazy } from 'react'
import { Route, Routes } from 'react-router'
import { AppShell } from '../components/app-shell.tsx'

const OverviewPage = lazy(async () => ({ default: (await import('../pages/overview.tsx')).OverviewPage }))
const WebhooksPage = lazy(async () => ({ default: (await import('../pages/webhooks.tsx')).WebhooksPage }))
const WebhookPage = lazy(async () => ({ default: (await import('../pages/webhook.tsx')).WebhookPage }))
const JobsPage = lazy(async () => ({ default: (await import('../pages/jobs.tsx')).JobsPage }))
const JobPage = lazy(async () => ({ default: (await import('../pages/job.tsx')).JobPage }))
const DeadLettersPage = lazy(async () => ({ default: (await import('../pages/dead-letters.tsx')).DeadLettersPage }))
const AuditPage = lazy(async () => ({ default: (await import('../pages/audit.tsx')).AuditPage }))
const NotFoundPage = lazy(async () => ({ default: (await import('../pages/not-found.tsx')).NotFoundPage }))

/** Each page is a chunk of its own, loaded when it is first opened. */
export function AppRoutes() {
  return (
    <Routes>
      <Route element={<AppShell />}>
        <Route index element={<OverviewPage />} />
        <Route path="webhooks" element={<WebhooksPage />} />
        <Route path="webhooks/:id" element={<WebhookPage />} />
        <Route path="jobs" element={<JobsPage />} />
        <Route path="jobs/:id" element={<JobPage />} />
        <Route path="dead-letters" element={<DeadLettersPage />} />
        <Route path="audit" element={<AuditPage />} />
        <Route path="*" element={<NotFoundPage />} />
      </Route>
    </Routes>
  )
}
