import { err, ok, type Result } from '../core/result.ts'

/** Puts fields of the input into `{name}`, URL-encoded. A value that would change the path's shape is refused. */
export function fillPath(template: string, input: unknown): Result<string, string> {
  const missing: string[] = []
  const path = template.replace(/\{([^{}]+)\}/g, (_match, name: string) => {
    const value = fieldOf(input, name)
    if (value === undefined) missing.push(name)
    return value ?? ''
  })
  return missing.length > 0 ? err(`the input has no usable “${missing.join('”, “')}” for the path ${template}`) : ok(path)
}

function fieldOf(input: unknown, name: string): string | undefined {
  if (typeof input !== 'object' || input === null || !Object.hasOwn(input, name)) return undefined
  const value = (input as Record<string, unknown>)[name]
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  // JSON.parse has rounded such a number already: the path would name something else than the caller meant.
  if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER) return undefined
  const text = String(value)
  // URL parsers take dot segments out even when they are encoded; half a surrogate pair has no encoding at all.
  return text === '' || text === '.' || text === '..' || !text.isWellFormed() ? undefined : encodeURIComponent(text)
}
