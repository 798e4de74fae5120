import { AppError, type Issue } from '@orchestrator/shared/core/errors'
import { parseRequest } from '@orchestrator/shared/http/issues'
import type * as z from 'zod'
import { refuseIssues } from './edit.ts'

/** A write says in `reason` why; that is no field of what is written. */
export interface WriteRequest {
  fields: Record<string, unknown>
  reason: string | null
}

/** Takes the reason out of a request's JSON. @throws AppError 400 */
export function readWrite(json: unknown, reasonSchema: z.ZodType<{ reason?: string | undefined }>): WriteRequest {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    throw new AppError('validation_failed', 'The body is not a JSON object.', { issues: [{ path: '', message: 'is an object' }] })
  }
  const { reason, ...fields } = json as Record<string, unknown>
  return { fields, reason: parseRequest(reasonSchema, reason === undefined ? {} : { reason }).reason ?? null }
}

/**
 * Parses by a contract, strictly at every depth: a misspelt field deep inside would otherwise be left out without a word, and
 * what it was to secure would stay open.
 */
export function parseStrictly<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = parseRequest(schema, value)
  refuseIssues(unknownFields(value, parsed, []))
  return parsed
}

function unknownFields(given: unknown, known: unknown, path: readonly string[]): Issue[] {
  if (given === null || typeof given !== 'object') return []
  if (known === null || typeof known !== 'object') return []
  return Object.entries(given).flatMap(([name, value]) => {
    const here = [...path, name]
    if (value !== undefined && !Object.hasOwn(known, name))
      return [{ path: here.join('.'), message: 'is no field that is known' }]
    return unknownFields(value, (known as Record<string, unknown>)[name], here)
  })
}

/**
 * What an object is after a change: each field that is given replaces the old one whole. `null` takes away a field of `optional`,
 * which has no null of its own.
 */
export function merge(before: object, change: Record<string, unknown>, optional: readonly string[]): Record<string, unknown> {
  const merged = new Map<string, unknown>([...Object.entries(before), ...Object.entries(change)])
  for (const name of optional) if (merged.get(name) === null) merged.delete(name)
  return Object.fromEntries(merged)
}
