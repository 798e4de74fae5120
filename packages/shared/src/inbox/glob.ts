/**
 * Whether a value matches a glob in which `*` stands for any run of characters, none included. Greedy from the left, so the
 * time is at most the product of both lengths; no regular expression is built from configuration.
 */
export function matchesGlob(glob: string, value: string): boolean {
  const [first = '', ...rest] = glob.split('*')
  const last = rest.pop()
  if (last === undefined) return value === glob
  if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last)) return false
  const end = value.length - last.length
  let position = first.length
  for (const part of rest) {
    const found = value.indexOf(part, position)
    if (found < 0 || found + part.length > end) return false
    position = found + part.length
  }
  return true
}
