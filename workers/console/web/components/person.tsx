import { SignOutIcon } from '@phosphor-icons/react'
import { UserCircleIcon } from '@phosphor-icons/react'
import { useQuery } from '@tanstack/react-query'
import { meQuery } from '../api/queries.ts'
import { ROLE_LABELS } from '../lib/labels.ts'
import { namedRoles } from '../lib/permissions.ts'
import { LOG_OUT_PATH } from '../routes/paths.ts'

/** Who is signed in, in which roles, and the way out. */
export function Person() {
  const { data, isPending } = useQuery(meQuery)
  const roles = data
    ? namedRoles(data.roles)
        .map((role) => ROLE_LABELS[role])
        .join(', ') || 'No role'
    : null
  return (
    <div className="flex min-w-0 items-center gap-2 py-1">
      <UserCircleIcon size={24} weight="light" className="shrink-0 text-kumo-subtle" aria-hidden="true" />
      <div className="min-w-0 flex-1 leading-tight" data-testid="person">
        <p className="truncate text-sm font-medium text-kumo-default" title={data?.actor.id}>
          {data ? data.actor.id : isPending ? 'Signing in…' : 'Identity unknown'}
        </p>
        <p className="truncate text-xs text-kumo-subtle">{roles ?? ' '}</p>
      </div>
      <a
        href={LOG_OUT_PATH}
        aria-label="Log out"
        title="Log out"
        className="flex size-8 shrink-0 items-center justify-center rounded-lg text-kumo-subtle hover:bg-kumo-tint hover:text-kumo-default focus-visible:ring-2 focus-visible:ring-kumo-brand focus-visible:outline-none"
      >
        <SignOutIcon size={18} aria-hidden="true" />
      </a>
    </div>
  )
}
