import { Badge } from '@cloudflare/kumo/components/badge'
import type { Label, Tone } from '../lib/labels.ts'

const VARIANTS = {
  neutral: 'secondary',
  info: 'info',
  success: 'success',
  warning: 'warning',
  danger: 'error',
} as const satisfies Record<Tone, string>

/** A status in words and colour. */
export function StatusBadge({ label }: { label: Label }) {
  return <Badge variant={VARIANTS[label.tone]}>{label.text}</Badge>
}
