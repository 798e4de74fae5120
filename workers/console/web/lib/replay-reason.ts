import { MAX_REASON_LENGTH, replayRequest } from '@orchestrator/shared/contracts/control-api'

/** Why this text cannot be the reason of a replay, in words for the form; null when it can. By the API's own contract. */
export function checkReason(text: string): string | null {
  if (replayRequest.safeParse({ reason: text }).success) return null
  return text.trim() === '' ? 'Say why: the reason is kept in the audit log.' : `At most ${MAX_REASON_LENGTH} characters.`
}
