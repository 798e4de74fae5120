import { soundsSecret } from '../core/secret-names.ts'

const HIDDEN = '[redacted]'
const MAX_DEPTH = 12

/** A copy in which the value of every field that sounds like a secret is `[redacted]`. Deeper than 12 levels is left out whole. */
export function withoutSecrets(value: unknown, depth = 0): unknown {
  if (value === null || typeof value !== 'object') return value
  if (depth >= MAX_DEPTH) return HIDDEN
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, soundsSecret(name) ? HIDDEN : withoutSecrets(inner, depth + 1)]),
  )
}
