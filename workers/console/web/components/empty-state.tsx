import type { Icon } from '@phosphor-icons/react'
import { isDevelopmentHost } from '../lib/development.ts'
import { CopyableId } from './copyable-id.tsx'

interface EmptyStateProps {
  icon: Icon
  title: string
  description: string
  /** A command that fills the list, shown on the local stack only. */
  developmentCommand?: string
}

/** An empty list that says why it is empty and what to do. */
export function EmptyState({ icon: IconComponent, title, description, developmentCommand }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center gap-3 px-4 py-14 text-center">
      <IconComponent size={36} weight="light" className="text-kumo-subtle" aria-hidden="true" />
      <div className="flex max-w-md flex-col gap-1">
        <p className="text-lg font-semibold text-kumo-strong">{title}</p>
        <p className="text-balance text-kumo-subtle">{description}</p>
      </div>
      {developmentCommand !== undefined && isDevelopmentHost(window.location.hostname) ? (
        <div className="max-w-full rounded-lg bg-kumo-recessed px-3 py-2 ring ring-kumo-hairline">
          <CopyableId id={developmentCommand} what="command" />
        </div>
      ) : null}
    </div>
  )
}
