import { replayRequest } from '@orchestrator/shared/contracts/control-api'
import { usageError } from './cli-error.ts'

/** The reason, checked before anything is sent: control keeps it in the audit log for ever. */
export function readReason(text: string | undefined): string {
  if (text === undefined) throw usageError('--reason TEXT is needed: why this is done, for the audit log')
  const parsed = replayRequest.shape.reason.safeParse(text)
  if (parsed.success) return parsed.data
  throw usageError(`--reason: ${parsed.error.issues.map(({ message }) => message).join('; ')}`)
}
