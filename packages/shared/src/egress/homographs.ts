/** Letters of other scripts that look like Latin ones (https://www.unicode.org/reports/tr39/), those that domain names may have. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  ...pairs('абсԁеһіјӏкмопрԛгѕтуԝхʏᴢ', 'abcdehijlkmonpqrstywxyz'),
  ...pairs('αβγεηικνορτυχω', 'abyenikvoptuxw'),
  ...pairs('ıȷɑɡɩʟøłđħŧ', 'ijagiloldht'),
}

/**
 * What a host name looks like: its encoded labels (`xn--…`) decoded, without accents, and with letters of other scripts replaced
 * by the Latin ones they resemble.
 */
export function skeleton(host: string): string {
  const text = host
    .split('.')
    .map((label) => (label.startsWith('xn--') ? (decodePunycode(label.slice(4)) ?? label) : label))
    .join('.')
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '')
  return Array.from(plain, (char) => LOOKALIKES[char] ?? char).join('')
}

function pairs(from: string, to: string): Record<string, string> {
  const letters = Array.from(to)
  return Object.fromEntries(Array.from(from, (char, i) => [char, letters[i] ?? char]))
}

/** RFC 3492, section 6.2. `undefined` when it is not well-formed. */
function decodePunycode(label: string): string | undefined {
  const delimiter = label.lastIndexOf('-')
  const output = Array.from(label.slice(0, Math.max(0, delimiter)), (char) => char.codePointAt(0)!)
  let [n, bias, i, at] = [128, 72, 0, delimiter + 1]
  while (at < label.length) {
    const before = i
    for (let [weight, k] = [1, 36]; ; k += 36) {
      const digit = digitOf(label[at++])
      if (digit === undefined || weight > 0x7fffffff) return undefined
      i += digit * weight
      const threshold = Math.min(26, Math.max(1, k - bias))
      if (digit < threshold) break
      weight *= 36 - threshold
    }
    const length = output.length + 1
    bias = adapt(i - before, length, before === 0)
    n += Math.floor(i / length)
    i %= length
    if (n > 0x10ffff) return undefined
    output.splice(i++, 0, n)
  }
  return String.fromCodePoint(...output)
}

function digitOf(char: string | undefined): number | undefined {
  if (char === undefined || !/^[a-z0-9]$/.test(char)) return undefined
  return char >= 'a' ? char.charCodeAt(0) - 97 : char.charCodeAt(0) - 48 + 26
}

function adapt(delta: number, length: number, first: boolean): number {
  let rest = first ? Math.floor(delta / 700) : Math.floor(delta / 2)
  rest += Math.floor(rest / length)
  let k = 0
  for (; rest > 455; k += 36) rest = Math.floor(rest / 35)
  return k + Math.floor((36 * rest) / (rest + 38))
}
