import { InputArea } from '@cloudflare/kumo/components/input'
import { MAX_REASON_LENGTH } from '@orchestrator/shared/contracts/control-api'
import { formatCount } from '../lib/format.ts'

interface ReasonFieldProps {
  value: string
  onChange: (value: string) => void
  /** What is wrong with it, once somebody has tried. */
  problem: string | null
  placeholder?: string
}

/** Why somebody does something: kept in the audit log. */
export function ReasonField({ value, onChange, problem, placeholder = 'Billing is back, see incident 4711' }: ReasonFieldProps) {
  return (
    <div>
      <InputArea
        label="Reason"
        rows={3}
        value={value}
        onValueChange={onChange}
        placeholder={placeholder}
        description="Kept in the audit log, for good."
        {...(problem === null ? {} : { error: problem })}
      />
      <p className="mt-1 text-right text-xs text-kumo-subtle tabular-nums" aria-live="polite">
        {formatCount(value.trim().length)} / {formatCount(MAX_REASON_LENGTH)}
      </p>
    </div>
  )
}
