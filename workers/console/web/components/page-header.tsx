import { CaretLeftIcon } from '@phosphor-icons/react'
import { type ReactNode, useEffect, useRef } from 'react'
import { Link, useLocation } from 'react-router'
import { usePageTitle } from '../hooks/use-page-title.ts'

interface PageHeaderProps {
  title: string
  /** What the tab says, where the title alone says too little. */
  tabTitle?: string
  description?: ReactNode
  back?: { href: string; label: string }
  badge?: ReactNode
  actions?: ReactNode
}

/** The page's heading. Takes the focus after a navigation, so that screen readers and keyboards start at the new page. */
export function PageHeader({ title, tabTitle, description, back, badge, actions }: PageHeaderProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  // Only how this page was come to counts; a changed filter is a new location too. `default` is the first one of a visit.
  const cameTo = useRef(useLocation().key)
  usePageTitle(tabTitle ?? title)
  useEffect(() => {
    if (cameTo.current !== 'default') heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <div className="mb-6">
      {back ? (
        <Link to={back.href} className="mb-2 inline-flex items-center gap-1 text-sm text-kumo-subtle hover:text-kumo-default">
          <CaretLeftIcon size={14} aria-hidden="true" />
          {back.label}
        </Link>
      ) : null}
      <div className="flex items-start justify-between gap-x-6 gap-y-3 max-sm:flex-col">
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-3">
            <h1
              ref={heading}
              tabIndex={-1}
              className="min-w-0 text-2xl font-semibold tracking-tight [overflow-wrap:anywhere] text-kumo-strong outline-none"
            >
              {title}
            </h1>
            {badge}
          </div>
          {description ? <div className="mt-1 text-kumo-subtle">{description}</div> : null}
        </div>
        {actions ? <div className="flex shrink-0 flex-wrap items-center gap-2">{actions}</div> : null}
      </div>
    </div>
  )
}
