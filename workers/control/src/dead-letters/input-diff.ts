import type { InputDiff } from '@orchestrator/shared/contracts/replay-api'
import { sha256Hex, utf8 } from '@orchestrator/shared/core/bytes'
import type { Result } from '@orchestrator/shared/core/result'
import { soundsSecret } from '@orchestrator/shared/core/secret-names'
import { compare, type Operation as Edit } from 'fast-json-patch'

/** What one audit row keeps of an edit, characters of JSON. */
const MAX_PATCH_LENGTH = 16_384
/** What the log names of an edit. */
const MAX_NAMED_EDITS = 50
const MAX_NAMED_PATH = 200

/** Values of both documents together. A comparison costs some hundred bytes each, and control has 128 MB. */
const MAX_NODES = 50_000

const REDACTED = '[redacted]'

type Patch = NonNullable<InputDiff['patch']>

/** What an edit changed. `before` is what the job would have sent, or why that cannot be told. */
export async function inputDiff(before: Result<unknown, string>, input: unknown): Promise<InputDiff> {
  const text = JSON.stringify(input)
  const about = { bytes: utf8(text).byteLength, sha256: await sha256Hex(text) }
  const found = before.ok ? jsonPatch(before.value, input) : before.error
  return typeof found === 'string' ? { ...about, patch: null, omitted: 0, unavailable: found } : { ...about, ...found }
}

/** The same for the log, which viewers read: what was edited, not how. */
export function namedEdits({ bytes, patch, omitted }: InputDiff): object {
  const named = (patch ?? []).slice(0, MAX_NAMED_EDITS).map(({ op, path }) => ({ op, path: path.slice(0, MAX_NAMED_PATH) }))
  return { bytes, edits: named, omitted: omitted + (patch?.length ?? 0) - named.length }
}

/**
 * RFC 6902 as far as it fits, with the values of fields that sound like secrets redacted; a sentence where it cannot be had. The
 * library wants objects: the documents stand in one.
 */
function jsonPatch(before: unknown, after: unknown): (Pick<InputDiff, 'omitted'> & { patch: Patch }) | string {
  if (!areSmall([before, after])) return `the two have more than ${MAX_NODES} values, which are not compared`
  try {
    const all = compare({ '': before ?? null }, { '': after ?? null })
    const patch: Patch = []
    let length = 0
    for (const one of all) {
      const edit = toEdit(one)
      length += JSON.stringify(edit).length
      if (length > MAX_PATCH_LENGTH) break
      patch.push(edit)
    }
    return { patch, omitted: all.length - patch.length }
  } catch (error) {
    // A webhook's body may nest deeper than the stack does.
    if (error instanceof RangeError) return 'what it would have sent nests too deep to be compared'
    throw error
  }
}

/** Whether all documents together have at most as many values as may be compared. */
function areSmall(documents: readonly unknown[]): boolean {
  const rest = [...documents]
  let count = rest.length
  while (rest.length > 0) {
    const one = rest.pop()
    if (typeof one !== 'object' || one === null) continue
    for (const inner of Object.values(one)) {
      if (++count > MAX_NODES) return false
      rest.push(inner)
    }
  }
  return true
}

function toEdit(edit: Edit): Patch[number] {
  const path = edit.path.slice(1)
  if (edit.op === 'remove') return { op: 'remove', path }
  if (edit.op !== 'add' && edit.op !== 'replace') throw new Error(`a comparison made the edit ${edit.op}`)
  return { op: edit.op, path, value: path.split('/').some(soundsSecret) ? REDACTED : withoutSecrets(edit.value) }
}

function withoutSecrets(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withoutSecrets)
  const fields = Object.entries(value).map(([name, inner]) => [name, soundsSecret(name) ? REDACTED : withoutSecrets(inner)])
  return Object.fromEntries(fields) as unknown
}
