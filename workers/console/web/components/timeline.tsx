import {
  ArrowBendDownRightIcon,
  ArrowClockwiseIcon,
  CheckCircleIcon,
  CircleDashedIcon,
  HourglassIcon,
  type Icon,
  InfoIcon,
  PaperPlaneTiltIcon,
  PauseCircleIcon,
  QueueIcon,
  SkullIcon,
  WebhooksLogoIcon,
} from '@phosphor-icons/react'
import { formatClock, formatDuration } from '../lib/format.ts'
import type { Tone } from '../lib/labels.ts'
import type { TimelineEntry, TimelineMark } from '../lib/timeline.ts'
import { AttemptMore, AttemptSummary } from './attempt-details.tsx'
import { RelativeTime } from './relative-time.tsx'

const ICONS: Readonly<Record<TimelineMark, Icon>> = {
  accepted: WebhooksLogoIcon,
  queued: QueueIcon,
  attempt: PaperPlaneTiltIcon,
  waiting: HourglassIcon,
  held: PauseCircleIcon,
  succeeded: CheckCircleIcon,
  dead: SkullIcon,
  replayed: ArrowClockwiseIcon,
  note: InfoIcon,
  pending: CircleDashedIcon,
}

const TONES: Readonly<Record<Tone, string>> = {
  neutral: 'bg-kumo-fill text-kumo-subtle',
  info: 'bg-kumo-info-tint text-kumo-info',
  success: 'bg-kumo-success-tint text-kumo-success',
  warning: 'bg-kumo-warning-tint text-kumo-warning',
  danger: 'bg-kumo-danger-tint text-kumo-danger',
}

/** What happened, oldest first. */
export function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  return (
    <ol className="flex flex-col">
      {entries.map((entry, index) => (
        <TimelineItem key={entry.key} entry={entry} isLast={index === entries.length - 1} />
      ))}
    </ol>
  )
}

function TimelineItem({ entry, isLast }: { entry: TimelineEntry; isLast: boolean }) {
  const IconComponent = ICONS[entry.mark]
  return (
    <li className="relative flex gap-3 pb-5 last:pb-0 sm:gap-4" data-mark={entry.mark}>
      {isLast ? null : <span aria-hidden="true" className="absolute top-9 bottom-0 left-4 w-px -translate-x-1/2 bg-kumo-line" />}
      <span className={`flex size-8 shrink-0 items-center justify-center rounded-full ${TONES[entry.tone]}`}>
        <IconComponent size={17} aria-hidden="true" />
      </span>
      <div className="min-w-0 flex-1 pt-1">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5">
          <p className="font-medium text-kumo-strong">
            {entry.title}
            {entry.facts.map((fact) => (
              <span key={fact} className="font-normal text-kumo-subtle">
                {' · '}
                {fact}
              </span>
            ))}
          </p>
          <EntryTime entry={entry} />
        </div>
        {entry.attempt ? <AttemptSummary attempt={entry.attempt} /> : null}
        {entry.note === null ? null : <p className="mt-1 break-words text-kumo-default">{entry.note}</p>}
        {entry.attempt ? <AttemptMore attempt={entry.attempt} /> : null}
        {entry.wait === null ? null : (
          <p className="mt-2 flex items-center gap-1.5 text-sm text-kumo-subtle">
            <ArrowBendDownRightIcon size={14} aria-hidden="true" />
            {entry.wait.planned ? 'Next attempt planned after' : 'Next attempt after'} {formatDuration(entry.wait.ms)}
          </p>
        )}
      </div>
    </li>
  )
}

function EntryTime({ entry }: { entry: TimelineEntry }) {
  return (
    <p className="text-sm whitespace-nowrap text-kumo-subtle tabular-nums">
      {entry.mark === 'pending' ? null : <span className="max-sm:hidden">{formatClock(entry.at)} · </span>}
      <RelativeTime time={entry.at} />
    </p>
  )
}
