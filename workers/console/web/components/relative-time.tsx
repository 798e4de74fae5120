import { useNow } from '../hooks/use-now.ts'
import { formatAbsolute, formatRelative } from '../lib/format.ts'

/** A time as people speak of it; the whole of it in the title. Null is a dash. */
export function RelativeTime({ time }: { time: string | null }) {
  const now = useNow()
  if (time === null) return <span className="text-kumo-subtle">–</span>
  return (
    <time dateTime={time} title={formatAbsolute(time)} className="whitespace-nowrap tabular-nums">
      {formatRelative(time, now)}
    </time>
  )
}
