import type { Operation } from '@orchestrator/shared/contracts/connector'
import { evaluateExpression } from '@orchestrator/shared/expressions/evaluate'
import { namesStatus } from '@orchestrator/shared/policy/classify-failure'

/** An answer as expressions see it, without secrets. */
export interface AnswerView {
  status: number
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>
  /** JSON as a value, else text; `null` when there is none, or not all of it was read. */
  body: unknown
}

/** Whether the body of an answer must be read whole to judge it. */
export function needsBody({ response, success }: Pick<Operation, 'response' | 'success'>): boolean {
  return response !== null || (success !== null && success.when !== null)
}

/**
 * What the operation's own rule says of an answer; `null` where it has none. An answer that its `when` cannot be asked of (too
 * long, or the expression fails) is no success: nobody knows that it is one.
 */
export async function isSuccess(
  { success }: Pick<Operation, 'success'>,
  view: AnswerView,
  whole: boolean,
): Promise<boolean | null> {
  if (success === null) return null
  if (!namesStatus(success.statuses, view.status)) return false
  if (success.when === null) return true
  if (!whole) return false
  const told = await evaluateExpression(success.when, view)
  return told.ok && told.value === true
}

export type Mapped = { kind: 'none' } | { kind: 'mapped'; value: unknown } | { kind: 'failed'; error: string }

/** The body that callers and results get instead of the upstream's. The upstream has acted, so a mapping that fails is no failed call. */
export async function mapAnswer({ response }: Pick<Operation, 'response'>, view: AnswerView, whole: boolean): Promise<Mapped> {
  if (response === null) return { kind: 'none' }
  if (!whole) return { kind: 'failed', error: 'the answer is too long for the response mapping of the operation' }
  const mapped = await evaluateExpression(response, view)
  if (mapped.ok) return { kind: 'mapped', value: mapped.value ?? null }
  return { kind: 'failed', error: `the response mapping of the operation failed: ${mapped.error.message}` }
}
