import { Link } from 'react-router'

interface StatTileProps {
  label: string
  /** Null when it could not be read. */
  value: string | null
  note: string
  tone?: 'neutral' | 'danger'
  href: string
}

/** One number, and the way to what it counts. */
export function StatTile({ label, value, note, tone = 'neutral', href }: StatTileProps) {
  return (
    <Link
      to={href}
      className="rounded-lg bg-kumo-base p-4 shadow-xs ring ring-kumo-line transition-colors hover:bg-kumo-elevated focus-visible:ring-2 focus-visible:ring-kumo-brand focus-visible:outline-none"
    >
      <p className="text-sm text-kumo-subtle">{label}</p>
      <p className={`mt-1 text-3xl font-semibold tabular-nums ${tone === 'danger' ? 'text-kumo-danger' : 'text-kumo-strong'}`}>
        {value ?? '–'}
      </p>
      <p className="mt-1 text-sm text-kumo-subtle tabular-nums">{note}</p>
    </Link>
  )
}
