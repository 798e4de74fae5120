import { AppError } from '@orchestrator/shared/core/errors'
import { refuseIssues } from './edit.ts'

/** What `If-Match` names: anything that exists, or one of these strong tags. */
export type IfMatch = '*' | readonly string[]

/** One entity tag (RFC 9110, section 8.8.3). */
const TAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/

const MALFORMED = 'is * or tags in double quotes, as the field etag and the header ETag have them'

/**
 * Reads `If-Match` (RFC 9110, section 13.1.1). Weak tags never match, so they are left out.
 * @throws AppError 400 for what is none: it would be unsafe to go on as if nothing had been said.
 */
export function readIfMatch(header: string): IfMatch {
  if (header.trim() === '*') return '*'
  const tags: string[] = []
  for (let rest = header.trim(); rest !== '';) {
    const tag = TAG.exec(rest)?.[0]
    const after = tag === undefined ? rest : rest.slice(tag.length).trimStart()
    if (after !== '' && !after.startsWith(',')) refuseIssues([{ path: 'If-Match', message: MALFORMED }])
    if (tag?.startsWith('"')) tags.push(tag)
    rest = after.slice(1).trimStart()
  }
  return tags
}

/** Whether the tag of what is there now (null: nothing is) is one that the caller knows. */
function matches(ifMatch: IfMatch, present: string | null): boolean {
  if (present === null) return false
  return ifMatch === '*' || ifMatch.includes(present)
}

/** @throws AppError 412 that says what to do. */
export function refuseStale(ifMatch: IfMatch, present: string | null, target: string): void {
  if (matches(ifMatch, present)) return
  if (present === null) {
    throw new AppError(
      'precondition_failed',
      `There is no ${target} yet that If-Match could speak of: create it without that header.`,
    )
  }
  const message = `${target} is not what If-Match says. Read it again, look whether the change still fits, and send it with the tag that it has then.`
  throw new AppError('precondition_failed', message, { headers: { etag: present }, extensions: { etag: present } })
}
