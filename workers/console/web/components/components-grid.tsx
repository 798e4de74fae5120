import { Badge } from '@cloudflare/kumo/components/badge'
import type { ComponentHealth } from '@orchestrator/shared/contracts/control-api'
import { formatDuration } from '../lib/format.ts'
import { componentName } from '../lib/health.ts'

/** Each component, whether it answers, and how fast. */
export function ComponentsGrid({ components }: { components: readonly ComponentHealth[] }) {
  return (
    <ul className="grid grid-cols-1 overflow-hidden sm:grid-cols-2 xl:grid-cols-4">
      {components.map((component) => (
        <li
          key={component.name}
          className="-mr-px -mb-px flex min-w-0 flex-col gap-1 border-r border-b border-kumo-hairline p-4"
          data-component={component.name}
        >
          <div className="flex items-center justify-between gap-3">
            <span className="truncate font-medium text-kumo-strong">{componentName(component.name)}</span>
            <Badge variant={component.status === 'up' ? 'success' : 'error'} appearance="dot">
              {component.status === 'up' ? 'Up' : 'Down'}
            </Badge>
          </div>
          <p className="truncate text-sm text-kumo-subtle tabular-nums" title={component.detail ?? undefined}>
            {component.detail ?? `answers in ${formatDuration(component.latencyMs)}`}
          </p>
        </li>
      ))}
    </ul>
  )
}
