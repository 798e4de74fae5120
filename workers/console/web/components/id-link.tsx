import { Link } from 'react-router'
import { shortenId } from '../lib/format.ts'

/** An id that leads to its page, shortened for tables; the whole of it in the title. */
export function IdLink({ id, href }: { id: string; href: string }) {
  return (
    <Link
      to={href}
      title={id}
      className="rounded-sm font-mono text-sm whitespace-nowrap text-kumo-link hover:underline focus-visible:ring-2 focus-visible:ring-kumo-brand focus-visible:outline-none"
    >
      {shortenId(id)}
    </Link>
  )
}
