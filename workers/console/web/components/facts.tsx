import type { ReactNode } from 'react'

export interface Fact {
  label: string
  value: ReactNode
}

/** Names and values, aligned; one under the other on small screens. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="grid grid-cols-1 gap-x-6 gap-y-3 sm:grid-cols-[minmax(8rem,auto)_minmax(0,1fr)]">
      {facts.map(({ label, value }) => (
        <div key={label} className="contents">
          <dt className="text-kumo-subtle max-sm:-mb-2.5">{label}</dt>
          <dd className="min-w-0 break-words text-kumo-default">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
