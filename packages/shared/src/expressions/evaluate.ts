import type jsonata from 'jsonata'
import { putNewest } from '../core/put-newest.ts'
import { err, ok, type Result } from '../core/result.ts'
import { compileExpression, type ExpressionError, thrownMessage } from './compile.ts'
import { MAX_INPUT_LENGTH, MAX_OUTPUT_LENGTH } from './constants.ts'
import { checkResult, LimitError } from './work.ts'

/** Compiled expressions of an isolate, by their text. Configuration has few. */
const compiled = new Map<string, jsonata.Expression>()
const MAX_COMPILED = 1_024

/**
 * Evaluates JSONata over a JSON value, bounded in work, depth, length of texts and arrays, input (1 MiB) and output (256 KiB).
 * The value is plain JSON, or `undefined` when the expression matches nothing. Never throws.
 */
export async function evaluateExpression(text: string, input: unknown): Promise<Result<unknown, ExpressionError>> {
  try {
    // JSON that is nested some thousands deep can be read but not written: it throws.
    if ((JSON.stringify(input) ?? '').length > MAX_INPUT_LENGTH) {
      return err({ code: 'input_too_large', message: `the input is longer than ${MAX_INPUT_LENGTH} characters` })
    }
    const expression = compiledOf(text)
    if (!expression.ok) return expression
    return asJson(await expression.value.evaluate(input, { eval: undefined }))
  } catch (error) {
    return err(asError(error))
  }
}

function compiledOf(text: string): Result<jsonata.Expression, ExpressionError> {
  const known = compiled.get(text)
  if (known) return ok(known)
  const made = compileExpression(text)
  if (!made.ok) return made
  putNewest(compiled, text, made.value, MAX_COMPILED)
  return made
}

/** Sequences carry marks and functions may be left in the result: only plain JSON goes on. */
function asJson(value: unknown): Result<unknown, ExpressionError> {
  checkResult(value, MAX_OUTPUT_LENGTH)
  const json = JSON.stringify(value) as string | undefined
  if (json === undefined) return ok(undefined)
  if (json.length > MAX_OUTPUT_LENGTH) {
    return err({ code: 'output_too_large', message: `the result is longer than ${MAX_OUTPUT_LENGTH} characters` })
  }
  return ok(JSON.parse(json))
}

function asError(thrown: unknown): ExpressionError {
  const { code } = (thrown ?? {}) as { code?: unknown }
  const message = thrownMessage(thrown)
  if (thrown instanceof LimitError) return { code: thrown.code, message }
  if (code === 'forbidden') return { code, message }
  if (code === 'D1011') return { code: 'too_deep', message }
  if (code === 'D2014' || code === 'D2015') return { code: 'output_too_large', message }
  return { code: 'failed', message }
}
