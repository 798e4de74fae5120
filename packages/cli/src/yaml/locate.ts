import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type LineCounter, type Node } from 'yaml'

export interface Place {
  line: number
  column: number
}

/**
 * Where a field of the document stands, by the dotted path of an issue (`connectors.0.baseUrl`): the field itself, or the nearest
 * thing around it that is there (a field that is missing is reported at its owner). An item of a list goes by number, or by its
 * `id` or `name`. Undefined for an empty path.
 */
export function locate(document: Document, lines: LineCounter, path: string): Place | undefined {
  if (path === '') return undefined
  let node = resolve(document, document.contents)
  let offset = startOf(document.contents)
  let rest = path.split('.')
  while (rest.length > 0) {
    const found = step(document, node, rest)
    if (!found) break
    offset = found.offset ?? offset
    node = found.node
    rest = rest.slice(found.used)
  }
  if (offset === undefined) return undefined
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}

interface Step {
  node: Node | null
  offset: number | undefined
  /** How many segments of the path it took: a key may have dots of its own. */
  used: number
}

function step(document: Document, node: Node | null, rest: readonly string[]): Step | undefined {
  if (isSeq(node)) {
    const [wanted = ''] = rest
    const item = node.items.find((each, i) => (/^\d+$/.test(wanted) ? i === Number(wanted) : nameOf(document, each) === wanted))
    return item === undefined ? undefined : { node: resolve(document, item), offset: startOf(item), used: 1 }
  }
  if (!isMap(node)) return undefined
  for (let used = rest.length; used > 0; used--) {
    const key = rest.slice(0, used).join('.')
    const pair = node.items.find((each) => isPair(each) && isScalar(each.key) && String(each.key.value) === key)
    if (pair) return { node: resolve(document, pair.value), offset: startOf(pair.key), used }
  }
  return undefined
}

/** What an item of a list is called. */
function nameOf(document: Document, item: unknown): string | undefined {
  const map = resolve(document, item)
  if (!isMap(map)) return undefined
  const name = map.get('id') ?? map.get('name')
  return typeof name === 'string' ? name : undefined
}

function resolve(document: Document, node: unknown): Node | null {
  if (isAlias(node)) return node.resolve(document) ?? null
  return isMap(node) || isSeq(node) || isScalar(node) ? node : null
}

function startOf(node: unknown): number | undefined {
  return isMap(node) || isSeq(node) || isScalar(node) || isAlias(node) ? node.range?.[0] : undefined
}
