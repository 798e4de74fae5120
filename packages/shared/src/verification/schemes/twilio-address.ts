/** `scheme://user:password@`, host, port, and the rest. */
const ADDRESS = /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?)(\[[^\]/?#]*\]|[^:/?#]*)(:\d*)?([^#]*)/i

/** The spellings of an address that may have been signed, the likeliest first. A fragment never is. */
export function spellings(url: string): string[] {
  const normalised = URL.canParse(url) ? [new URL(url).href] : []
  const all = [url, ...normalised, ...normalised.map(requoted)]
  return [...new Set(all.flatMap(withAndWithoutPort))]
}

function withAndWithoutPort(url: string): string[] {
  const [, start, host, port, rest] = ADDRESS.exec(url) ?? []
  if (start === undefined || host === undefined || rest === undefined) return [url]
  const standard = start.toLowerCase().startsWith('https:') ? ':443' : ':80'
  return [start + host + rest, start + host + (port ? port : standard) + rest]
}

/** The query as Node's former `querystring` wrote it: names gathered, a space as %20, `'` plain. */
function requoted(url: string): string {
  const [address, query] = divide(url)
  if (query === '') return url
  const byName = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(query)) byName.set(name, [...(byName.get(name) ?? []), value])
  const pairs = [...byName].flatMap(([name, values]) => values.map((value) => `${encode(name)}=${encode(value)}`))
  return `${address}?${pairs.join('&')}`
}

const encode = encodeURIComponent

function divide(url: string): [address: string, query: string] {
  const [plain = ''] = url.split('#', 1)
  const start = plain.indexOf('?')
  return start < 0 ? [plain, ''] : [plain.slice(0, start), plain.slice(start + 1)]
}
