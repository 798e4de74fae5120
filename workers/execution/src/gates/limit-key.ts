import { sha256Hex } from '@orchestrator/shared/core/bytes'
import type { ExpressionError } from '@orchestrator/shared/expressions/compile'
import { evaluateExpression } from '@orchestrator/shared/expressions/evaluate'
import { err, ok, type Result } from '@orchestrator/shared/core/result'
import { KEY_FAILURE_EVERY_MS } from './constants.ts'
import type { GatedCall, GateTools } from './gates.ts'
import { remember } from './state.ts'
import type { GatesRoom } from './world.ts'

/** Two kinds of limits, which never share a Durable Object. */
export type LimitKind = 'rate' | 'in-flight'

/** Longer values are hashed: they come from callers, and become names of Durable Objects. */
const MAX_VALUE = 100

/** What calls without a value share. A value begins with `=` or `#`, so it cannot be this. */
const NONE = '(none)'

/** The limiter's key where no call is needed to know it: the scope itself. `/` stands in no name of ours. */
export function scopeKey(
  kind: LimitKind,
  expression: string | null,
  { limitScope }: Pick<GatedCall, 'limitScope'>,
): string | null {
  if (expression !== null) return null
  return kind === 'rate' ? limitScope : `${kind}/${limitScope}`
}

/**
 * The limiter's key of a call. A key of the policy's own is scoped by connector and policy, so that equal values of different
 * limits do not meet. Calls whose key gives neither text nor a number share one limiter: they are limited too, and an event says
 * that the key is at fault (a call without a client, where that is the key, is none).
 */
export async function limitKey(
  room: GatesRoom,
  kind: LimitKind,
  expression: string | null,
  call: GatedCall,
  tools: GateTools,
): Promise<string> {
  const own = scopeKey(kind, expression, call)
  if (own !== null || expression === null) return own ?? call.limitScope
  const value = await valueOf(expression, call)
  if (!value.ok) tellOnce(room, expression, call, value.error, tools)
  return `${kind}/${call.connector}/${call.policy.id}/${value.ok ? value.value : NONE}`
}

/** Plain names, which most keys are, need no evaluation. */
async function valueOf(expression: string, call: GatedCall): Promise<Result<string, string>> {
  const { connector, operation, client, input } = call
  switch (expression.trim()) {
    case 'connector':
      return ok(`=${connector}`)
    case 'operation':
      return ok(`=${operation}`)
    case 'client':
      return ok(client === null ? NONE : `=${client}`)
    default: {
      const evaluated = await evaluateExpression(expression, { connector, operation, client, input })
      if (!evaluated.ok) return err(problem(evaluated.error))
      const { value } = evaluated
      if (typeof value !== 'string' && typeof value !== 'number') return err('it gives neither text nor a number')
      return ok(await short(String(value)))
    }
  }
}

function problem({ message }: ExpressionError): string {
  return `it cannot be evaluated: ${message}`
}

async function short(value: string): Promise<string> {
  if (value.length <= MAX_VALUE) return `=${value}`
  return `#${await sha256Hex(value)}`
}

function tellOnce({ state, world }: GatesRoom, expression: string, call: GatedCall, error: string, tools: GateTools): void {
  const known = `${call.connector}/${call.policy.id}/${expression}`
  const now = world.now()
  if (now - (state.keyFailures.get(known) ?? Number.NEGATIVE_INFINITY) < KEY_FAILURE_EVERY_MS) return
  remember(state.keyFailures, known, now)
  const data = { connector: call.connector, decision: 'shared', key: expression, error: `the key of a limit: ${error}` }
  tools.emit({ type: 'rate_limit.unavailable', data })
}
