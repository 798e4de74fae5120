/** Values within values that a request may have: far more than any has, and few enough to walk through and write again. */
export const MAX_JSON_DEPTH = 128

/**
 * Whether a JSON text nests its values deeper than allowed. `JSON.parse` reads any depth, but writing such a value again
 * overflows the stack. Brackets in texts do not count.
 */
export function isTooDeep(json: string, limit: number = MAX_JSON_DEPTH): boolean {
  let depth = 0
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i)
    if (code === QUOTE) {
      i = endOfText(json, i + 1)
      if (i < 0) return false
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth > limit) return true
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--
  }
  return false
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** Where the closing quote stands; -1 where there is none. */
function endOfText(json: string, from: number): number {
  for (let at = json.indexOf('"', from); at >= 0; at = json.indexOf('"', at + 1)) {
    let backslashes = 0
    while (json.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return at
  }
  return -1
}
