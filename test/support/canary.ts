import { randomBytes } from 'node:crypto'

/** Begins every canary, so that all of them are found by looking for it once. */
const MARK = 'c4n4ryc4n4ry'
/** Spelt differently in JSON, in URLs and in forms. */
const AWKWARD = '"/+&=%~'

/** A value that stands nowhere else: what is planted as a secret must be found in nothing that leaves the system. */
interface Canary {
  /** What it was planted as. */
  name: string
  value: string
}

/** Where a canary was found. */
export interface Find {
  place: string
  canary: string
  context: string
}

export function createAviary() {
  const planted: { name: string; id: string }[] = []
  const watched: Canary[] = []
  return {
    /** A new canary. `prefix` where the value has to look like something; `plain` where it may have letters and digits only. */
    plant(name: string, { prefix = '', plain = false } = {}): string {
      const id = randomBytes(9).toString('hex')
      planted.push({ name, id })
      return `${prefix}${MARK}${id}${plain ? '' : AWKWARD}`
    },
    /** Something else that must not be found, which has no mark of ours: a token, a key that the system made. */
    watch(name: string, value: string): void {
      if (!watched.some((one) => one.value === value)) watched.push({ name, value })
    },
    /** Looks for all of them in raw, base64, hex, URL-encoded and JSON-escaped spellings; for the beginning of one, too. */
    search(place: string, text: string): Find[] {
      const found = watched.flatMap(({ name, value }) => findIn(text, value, name, place))
      const [beginning] = findIn(text, MARK, 'the beginning of one', place)
      if (!beginning) return found
      const whole = planted.flatMap(({ name, id }) => findIn(text, id, name, place))
      return [...found, ...(whole.length > 0 ? whole : [beginning])]
    },
  }
}
export type Aviary = ReturnType<typeof createAviary>

function findIn(text: string, core: string, canary: string, place: string): Find[] {
  const lower = text.toLowerCase()
  for (const one of spellingsOf(core)) {
    const at = one.toLowerCase() === one ? lower.indexOf(one) : text.indexOf(one)
    if (at >= 0) return [{ place, canary, context: text.slice(Math.max(0, at - 200), at + 100) }]
  }
  return []
}

/** As it is (which URLs, forms and JSON leave alone), as hex, and as base64 at each of the three places where it may begin. */
function spellingsOf(core: string): string[] {
  const base64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.from('\0'.repeat(offset) + core).toString('base64')
    const [begin, whole] = [Math.ceil((offset * 8) / 6), Math.floor(((offset + core.length) * 8) / 6)]
    return encoded.slice(begin, whole)
  })
  const url = base64.map((one) => one.replaceAll('+', '-').replaceAll('/', '_'))
  return [...new Set([core, Buffer.from(core).toString('hex'), ...base64, ...url])]
}
