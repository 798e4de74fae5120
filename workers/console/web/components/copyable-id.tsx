import { InlineCopyText } from '@cloudflare/kumo/components/inline-copy-text'

/** A whole id in monospace that a click copies. `what` names it for screen readers (`job id`). */
export function CopyableId({ id, what }: { id: string; what: string }) {
  return (
    <InlineCopyText
      variant="mono"
      truncate={false}
      title={`Copy ${what}`}
      labels={{ copyAction: `Copy ${what} ${id}`, copied: `Copied ${what}` }}
      className="group text-left break-all"
    >
      {id}
    </InlineCopyText>
  )
}
