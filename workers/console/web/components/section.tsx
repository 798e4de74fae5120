import { LayerCard } from '@cloudflare/kumo/components/layer-card'
import { type ReactNode, useId } from 'react'

/** A titled card. `flush` leaves the padding to what is inside, as tables want it. */
export function Section(props: { title: string; actions?: ReactNode; flush?: boolean; children: ReactNode }) {
  const heading = useId()
  return (
    <section aria-labelledby={heading} className="min-w-0">
      <div className="mb-2 flex min-h-8 items-center justify-between gap-3">
        <h2 id={heading} className="text-lg font-semibold text-kumo-strong">
          {props.title}
        </h2>
        {props.actions}
      </div>
      <LayerCard className={props.flush ? 'p-0' : 'p-4 sm:p-5'}>{props.children}</LayerCard>
    </section>
  )
}
