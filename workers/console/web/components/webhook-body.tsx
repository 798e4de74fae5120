import type { WebhookDetail } from '@orchestrator/shared/contracts/control-api'
import type { RevealedWebhook } from '@orchestrator/shared/contracts/work-api'
import { useState } from 'react'
import { revealWebhook } from '../api/queries.ts'
import { formatBytes } from '../lib/format.ts'
import { RevealButton } from './reveal-button.tsx'
import { Section } from './section.tsx'

/** What a sender sent: how much, and on demand, with a reason, what. */
export function WebhookBody({ webhook }: { webhook: WebhookDetail }) {
  const [revealed, setRevealed] = useState<RevealedWebhook | null>(null)
  const reveal = async (reason: string) => setRevealed(await revealWebhook(webhook.id, { reason }))
  return (
    <Section title="Body" actions={revealed === null ? <RevealButton what="the body of this webhook" reveal={reveal} /> : null}>
      {revealed === null ? (
        <p className="text-kumo-subtle">
          {formatBytes(webhook.bodySize)} · {webhook.contentType ?? 'no content type'}
        </p>
      ) : revealed.body === null ? (
        <p className="text-kumo-subtle">It cannot be shown: {revealed.unavailable}</p>
      ) : (
        <pre
          aria-label={revealed.body.encoding === 'utf8' ? 'Body of the webhook' : 'Body of the webhook, as base64'}
          tabIndex={0}
          className="max-h-80 overflow-auto rounded-md bg-kumo-recessed p-3 font-mono text-xs leading-relaxed break-words whitespace-pre-wrap text-kumo-default focus-visible:ring-2 focus-visible:ring-kumo-brand focus-visible:outline-none"
        >
          {revealed.body.data}
        </pre>
      )}
    </Section>
  )
}
