import { reasonRequest, type ReasonRequest } from '@orchestrator/shared/contracts/config-api'
import { replayRequest, type ReplayRequest } from '@orchestrator/shared/contracts/control-api'
import { AppError } from '@orchestrator/shared/core/errors'
import { parseRequest } from '@orchestrator/shared/http/issues'
import { readJson } from '@orchestrator/shared/http/read-json'
import type { ControlContext } from '../context.ts'

/** Expressions, schemas and custom senders are longer than most requests, bytes. */
const MAX_CONFIG_BYTES = 262_144

/** What stands in the path for `:id`. */
export function id(c: ControlContext): string {
  return c.req.param('id') ?? ''
}

/** What stands in the path for `:name`. */
export function name(c: ControlContext): string {
  return c.req.param('name') ?? ''
}

/** The JSON of a request that changes the configuration. */
export function configJson(c: ControlContext): Promise<unknown> {
  return readJson(c.req.raw, MAX_CONFIG_BYTES)
}

/** The reason that may be given, and nothing else. */
export async function why(c: ControlContext): Promise<ReasonRequest> {
  return parseRequest(reasonRequest, await readJson(c.req.raw))
}

/** The reason that must be given, and nothing else. */
export async function mustSayWhy(c: ControlContext): Promise<ReplayRequest> {
  return parseRequest(replayRequest, await readJson(c.req.raw))
}

/** @throws AppError 404 */
export function found<T extends object>(c: ControlContext, what: string, value: T | undefined): T {
  if (value === undefined) throw new AppError('not_found', `There is no such ${what}: ${c.req.path.split('/').at(-1)}.`)
  return value
}

/**
 * Answers one thing of the configuration, with its version as `ETag`, too. `location` is where something new stands. A dry run made
 * nothing: no version, and nothing new.
 */
export function tagged(c: ControlContext, value: { etag: string; dryRun?: unknown }, location?: string): Response {
  if (value.dryRun !== undefined) return c.json(value)
  if (location === undefined) return c.json(value, 200, { etag: value.etag })
  return c.json(value, 201, { etag: value.etag, location })
}
