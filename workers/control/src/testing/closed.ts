/**
 * A JSON Schema without fields that nothing describes, at any depth: what an answer or an example has must be described, else the
 * description would be half the truth.
 */
export function closed<T>(schema: T): T {
  return close(schema) as T
}

function close(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(close)
  if (value === null || typeof value !== 'object') return value
  const copy: Record<string, unknown> = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, close(inner)]))
  const isOpen = copy['type'] === 'object' && 'properties' in copy && !('additionalProperties' in copy)
  return isOpen ? { ...copy, additionalProperties: false } : copy
}
