/**
 * How to describe a route for OpenAPI. This room is not part of the Worker: only openapi.json is (`pnpm generate:openapi`).
 *
 * 1. Add an entry with the route's key to a file in `describe/` (a new file: name it in `describe/index.ts`). It says what cannot be
 *    derived: `topic`, `summary`, `query` (the schema that the handler parses), `request` and `answer` with a realistic example each,
 *    and `errors` for what else is refused, such as `conflict`.
 * 2. A schema that is exported from `contracts/` becomes a component under its own name; a new contracts file is named in
 *    `contracts.ts`. What stands in a path is explained in `parameters.ts`, once for each collection.
 * 3. `pnpm generate:openapi`, and commit `openapi.json`.
 *
 * Derived: path parameters, roles, security, 400/401/403/404/413/415/500/503 and their problem documents, 412 of what is no `GET`;
 * `If-Match`, `?dryRun` and 422 of the routes in `roles/config-routes.ts`; `ETag` where the answer has `etag`.
 *
 * In tests, `ask` holds every answer against openapi.json: a status, a content type or a field that it does not describe fails the test.
 */
import type { ErrorCode } from '@orchestrator/shared/core/error-codes'
import type * as z from 'zod'

/** The chapters of the documentation, in this order. */
export const TOPICS = {
  Overview: 'Who you are, and how the system is.',
  Webhooks: 'What senders sent, as it was received.',
  Jobs: 'Work, its attempts, and what happened to it.',
  'Dead letters': 'Jobs that ended without success, and how they go on.',
  'Bulk operations': 'One action on many: plan, reason, run.',
  Senders: 'Who sends webhooks: presets, providers, and the routes of their events.',
  Connectors: 'Outside services, what they offer, and under which policy they are called.',
  Clients: 'Who calls through Orchestrator.',
  Queues: 'Where jobs wait.',
  Secrets: 'Names of secrets. Values are written, and never read again.',
  Configuration: 'The configuration as a whole: its document, its revisions, its settings.',
  Access: 'Who has which role.',
  Audit: 'Who did what, and the proof of it.',
  Health: 'For load balancers, monitors and tools.',
} as const
export type Topic = keyof typeof TOPICS

export interface Content {
  schema: z.ZodType
  example: unknown
}

export interface Answer {
  status: 200 | 201 | 202 | 304 | 503
  json?: Content
  /** Beside or instead of it: other content types, each with an example. */
  texts: Readonly<Record<string, string>>
}

export interface Description {
  topic: Topic
  /** What it does, in a few words, without a full stop. */
  summary: string
  /** What one has to know beside. Markdown. */
  text?: string
  /** As the handler parses it. */
  query?: z.ZodObject
  request?: Content
  answer: Answer
  /** Another answer of the same request. */
  other?: Answer
  /** What it refuses beyond what follows from its method, path and schemas. */
  errors?: readonly ErrorCode[]
}

/** The body of a request, with an example. */
export function request<S extends z.ZodType>(schema: S, example: z.input<S>): Content {
  return { schema, example }
}

/** The answer of success, with an example. */
export function answer<S extends z.ZodType>(
  schema: S,
  example: z.output<S>,
  { status = 200, texts = {} }: Partial<Pick<Answer, 'status' | 'texts'>> = {},
): Answer {
  return { status, json: { schema, example }, texts }
}

/** Nothing: what the caller has (`If-None-Match`) is still so. */
export const NOT_MODIFIED: Answer = { status: 304, texts: {} }

/** An answer that is no JSON, by content type, with an example of each. */
export function textAnswer(texts: Answer['texts']): Answer {
  return { status: 200, texts }
}
