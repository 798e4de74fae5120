import { Badge } from '@cloudflare/kumo/components/badge'
import { GaugeIcon, ListChecksIcon, ScrollIcon, SkullIcon, WebhooksLogoIcon } from '@phosphor-icons/react'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation } from 'react-router'
import { overviewQuery } from '../api/queries.ts'
import { usePermissions } from '../hooks/use-permissions.ts'
import { formatCapped } from '../lib/format.ts'
import { paths } from '../routes/paths.ts'

const ITEMS = [
  { href: paths.overview, label: 'Overview', icon: GaugeIcon },
  { href: paths.webhooks, label: 'Webhooks', icon: WebhooksLogoIcon },
  { href: paths.jobs, label: 'Jobs', icon: ListChecksIcon },
  { href: paths.deadLetters, label: 'Dead letters', icon: SkullIcon },
  { href: paths.audit, label: 'Audit', icon: ScrollIcon },
] as const

export function MainNavigation() {
  const { pathname } = useLocation()
  const permissions = usePermissions()
  const { data } = useQuery(overviewQuery)
  const openDeadLetters = data?.deadLetters?.open ?? 0
  const items = ITEMS.filter((item) => item.href !== paths.audit || permissions?.canReadAudit)
  return (
    <nav aria-label="Main">
      <ul className="flex flex-col gap-0.5">
        {items.map(({ href, label, icon: IconComponent }) => {
          const active = href === paths.overview ? pathname === href : pathname === href || pathname.startsWith(`${href}/`)
          return (
            <li key={href}>
              <Link to={href} aria-current={active ? 'page' : undefined} className={itemClasses(active)}>
                <IconComponent size={18} weight={active ? 'fill' : 'regular'} aria-hidden="true" className="shrink-0" />
                <span className="flex-1 truncate">{label}</span>
                {href === paths.deadLetters && openDeadLetters > 0 ? (
                  <Badge variant="error">
                    {formatCapped(openDeadLetters, data?.deadLetters?.capped ?? false)}
                    <span className="sr-only"> open</span>
                  </Badge>
                ) : null}
              </Link>
            </li>
          )
        })}
      </ul>
    </nav>
  )
}

function itemClasses(active: boolean): string {
  const base =
    'flex h-9 items-center gap-3 rounded-lg px-3 text-sm font-medium focus-visible:ring-2 focus-visible:ring-kumo-brand focus-visible:outline-none'
  return active
    ? `${base} bg-kumo-tint text-kumo-strong`
    : `${base} text-kumo-subtle transition-colors hover:bg-kumo-tint hover:text-kumo-default`
}
