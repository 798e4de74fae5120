import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'

const text = z.union([z.string(), z.array(z.string())])

/** One recorded request and what a correct receiver answers, as in the vectors' own description. `now` in unix seconds. */
const vectorLine = z.looseObject({
  provider: z.string(),
  case: z.string(),
  secrets: z.array(z.string()),
  /** As registered at the sender, with the query it came with. */
  url: z.string(),
  method: z.string(),
  /** A list is the same header on that many lines. */
  headers: z.record(z.string(), text),
  body_base64: z.string(),
  now: z.number(),
  expect: z.enum(['accept', 'reject', 'challenge']),
  expect_event_id: z.string().nullish(),
  expect_event_type: z.string().nullish(),
  challenge_response: z
    .looseObject({
      status: z.number(),
      content_type: z.string().optional(),
      body: z.string().optional(),
      headers: z.record(z.string(), z.string()).optional(),
      match: z.string().optional(),
    })
    .nullish(),
  config: z.record(z.string(), z.unknown()).nullish(),
  strength: z.enum(['must', 'docs', 'docs-scheme', 'vendor', 'either', 'hardening']),
  vendor_verdict: z.string().nullish(),
  /** Whose code made or checked the line. */
  origin: z.string().nullish(),
})
export type Vector = z.infer<typeof vectorLine>

/** The recorded requests that are part of this repository, in a fixed order. */
export function ourVectors(): Vector[] {
  return globSync(join(import.meta.dirname, 'fixtures/*.jsonl'))
    .sort()
    .flatMap((file) => readVectors(file))
}

/** Reads a file of one JSON object a line. Throws an `Error` that names file, line and field of what is wrong. */
export function readVectors(file: string): Vector[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, i) => (line.trim() === '' ? [] : [parseLine(line, `${file}:${i + 1}`)]))
}

function parseLine(line: string, place: string): Vector {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    throw new Error(`${place} is not JSON`)
  }
  const parsed = vectorLine.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Error(`${place} is no vector: ${issue?.path.join('.')} ${issue?.message}`)
}
