import { WarningCircleIcon, WarningIcon } from '@phosphor-icons/react'
import type { ReactNode } from 'react'

const STYLES = {
  alert: { box: 'bg-kumo-warning-tint', title: 'text-kumo-warning', icon: WarningIcon },
  error: { box: 'bg-kumo-danger-tint', title: 'text-kumo-danger', icon: WarningCircleIcon },
} as const

interface NoticeProps {
  variant: keyof typeof STYLES
  title: string
  description: string
  action?: ReactNode
}

/** A message across the page. */
export function Notice({ variant, title, description, action }: NoticeProps) {
  const { box, title: titleClass, icon: IconComponent } = STYLES[variant]
  return (
    <div className={`flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg px-4 py-3 ${box}`}>
      <div className="flex min-w-64 flex-1 items-start gap-3">
        <IconComponent size={20} weight="fill" className={`mt-px shrink-0 ${titleClass}`} aria-hidden="true" />
        <div className="min-w-0">
          <p className={`font-medium ${titleClass}`}>{title}</p>
          <p className="text-kumo-default">{description}</p>
        </div>
      </div>
      {action}
    </div>
  )
}
