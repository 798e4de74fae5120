import type { ReactNode } from 'react'
import { IdLink } from './id-link.tsx'

interface IdCellProps {
  id: string
  href: string
  /** Under the id, always. */
  below?: ReactNode
  /** Under the id on small screens, where the columns that say it are left out. */
  belowOnSmall?: ReactNode
}

/** The first cell of a row: the way to its page, and what to know it by. */
export function IdCell({ id, href, below, belowOnSmall }: IdCellProps) {
  return (
    <div className="min-w-0 leading-snug">
      <IdLink id={id} href={href} />
      {below ? <p className="truncate text-sm text-kumo-subtle">{below}</p> : null}
      {belowOnSmall ? <p className="truncate text-sm text-kumo-subtle md:hidden">{belowOnSmall}</p> : null}
    </div>
  )
}
