import jsonata from 'jsonata'
import { errorMessage } from '../core/errors.ts'
import { err, ok, type Result } from '../core/result.ts'
import { MAX_DEPTH, MAX_EXPRESSION_LENGTH, MAX_MESSAGE_LENGTH, MAX_SEQUENCE, MAX_TEXT_LENGTH } from './constants.ts'
import { installLimits } from './limits.ts'

/** Why an expression cannot be used. `message` is for the person who wrote it. */
export interface ExpressionError {
  code: 'syntax' | 'forbidden' | 'input_too_large' | 'output_too_large' | 'too_many_steps' | 'too_deep' | 'failed'
  message: string
}

/** Nothing in an expression may run at the pleasure of its author: no regular expressions, no code made at run time. */
function noRegex(): never {
  throw Object.assign(new Error('regular expressions are not available'), { code: 'forbidden' })
}

/**
 * Parses JSONata (https://docs.jsonata.org) and refuses what cannot be bounded: regular expressions (they backtrack) and
 * `$eval` (it makes code at run time).
 */
export function compileExpression(text: string): Result<jsonata.Expression, ExpressionError> {
  if (text.length > MAX_EXPRESSION_LENGTH) {
    return err({ code: 'syntax', message: `longer than ${MAX_EXPRESSION_LENGTH} characters` })
  }
  let expression: jsonata.Expression
  try {
    expression = jsonata(text, {
      stack: MAX_DEPTH,
      sequence: MAX_SEQUENCE,
      RegexEngine: noRegex as unknown as RegExpConstructor,
    })
  } catch (error) {
    return err({ code: 'syntax', message: thrownMessage(error) })
  }
  const forbidden = findForbidden(expression.ast())
  if (forbidden) return err({ code: 'forbidden', message: forbidden })
  installLimits(expression)
  expression.registerFunction('pad', boundedPad, '<s-ns?:s>')
  return ok(expression)
}

/** JSONata throws plain objects with a message, which may repeat the whole value it is about. */
export function thrownMessage(thrown: unknown): string {
  const { message } = (thrown ?? {}) as { message?: unknown }
  return (typeof message === 'string' ? message : errorMessage(thrown)).slice(0, MAX_MESSAGE_LENGTH)
}

function findForbidden(node: unknown): string | undefined {
  if (node === null || typeof node !== 'object') return undefined
  if (Array.isArray(node)) return firstOf(node)
  const { type, value } = node as { type?: unknown; value?: unknown }
  if (type === 'regex') return 'regular expressions are not available'
  if (type === 'variable' && value === 'eval') return '$eval is not available'
  return firstOf(Object.values(node))
}

function firstOf(nodes: readonly unknown[]): string | undefined {
  for (const node of nodes) {
    const found = findForbidden(node)
    if (found) return found
  }
  return undefined
}

/** The built-in one allocates whatever width it is told. */
function boundedPad(text: string | undefined, width: number, fill?: string): string | undefined {
  if (text === undefined) return undefined
  const target = Math.trunc(width)
  if (Math.abs(target) > MAX_TEXT_LENGTH) throw new Error(`$pad makes at most ${MAX_TEXT_LENGTH} characters`)
  const filler = Array.from(fill === undefined || fill === '' ? ' ' : fill)
  const missing = Math.abs(target) - Array.from(text).length
  if (missing <= 0) return text
  const padding = Array.from({ length: missing }, (_, i) => filler[i % filler.length]).join('')
  return target > 0 ? text + padding : padding + text
}
