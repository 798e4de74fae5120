import { CSPProvider } from '@cloudflare/kumo/primitives/csp-provider'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { createQueryClient } from './api/query-client.ts'
import { ErrorBoundary } from './components/error-boundary.tsx'
import { ToastProvider } from './components/toasts.tsx'
import { followColorScheme } from './hooks/color-scheme.ts'
import { AppRoutes } from './routes/routes.tsx'
import './styles.css'

followColorScheme(document.documentElement, window.matchMedia('(prefers-color-scheme: dark)'))

const queryClient = createQueryClient()
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

createRoot(root).render(
  <StrictMode>
    <ErrorBoundary>
      {/* Base UI's own style elements would break the security policy; web/styles.css has their rules. */}
      <CSPProvider disableStyleElements>
        <QueryClientProvider client={queryClient}>
          <BrowserRouter>
            <ToastProvider>
              <AppRoutes />
            </ToastProvider>
          </BrowserRouter>
        </QueryClientProvider>
      </CSPProvider>
    </ErrorBoundary>
  </StrictMode>,
)
