import { type Arbitrary, integer, nat, record, string } from 'fast-check'
import { parse, type Wire } from './reading.ts'

/** Where and how a request is changed; numbers are reduced to what is there. */
export interface Mutation {
  place: number
  how: number
  at: number
  char: number
  text: string
}

export const mutation: Arbitrary<Mutation> = record({
  place: nat(9_999),
  how: nat(9_999),
  at: nat(999_999),
  char: integer({ min: 1, max: 255 }),
  text: string({ minLength: 1, maxLength: 12 }).map((text) => text.replace(/[^\x21-\x7e]/g, '~')),
})

/** What of a request may be changed. `spans`: where in the body stands what is covered; empty: everywhere. */
export interface Targets {
  headers: readonly string[]
  body: boolean
  spans: readonly (readonly [from: number, to: number])[]
  url: boolean
  method: boolean
}

/** A change with its name; `undefined`: it cannot be made here, or changes nothing. */
export function mutate(request: Wire, targets: Targets, given: Mutation): { what: string; changed: Wire } | undefined {
  const kinds = [
    ...targets.headers.flatMap((name) => [() => inHeader(request, name, given), () => inHeader(request, name, given)]),
    ...(targets.body ? [() => inBody(request, targets.spans, given), () => inBody(request, targets.spans, given)] : []),
    ...(targets.url ? [() => inUrl(request, given)] : []),
    ...(targets.method ? [() => inMethod(request, given)] : []),
  ]
  const made = kinds[given.place % kinds.length]?.()
  return made === undefined || same(request, made.changed) ? undefined : made
}

function same(a: Wire, b: Wire): boolean {
  const text = ({ method, url, headers, body }: Wire) => JSON.stringify([method, url, [...headers], [...body]])
  return text(a) === text(b)
}

type Made = { what: string; changed: Wire } | undefined

function pick<T>(list: readonly T[], index: number): T {
  return list[index % list.length]!
}

function inHeader(request: Wire, name: string, { how, at, char, text }: Mutation): Made {
  const value = request.headers.get(name) ?? ''
  const place = value.length === 0 ? 0 : at % value.length
  const printable = String.fromCharCode(0x20 + (char % 0x5f))
  const [before, after] = [value.slice(0, place), value.slice(place + 1)]
  const ways: Record<string, string | null> = {
    'one character exchanged': before + printable + after,
    'one bit of a character flipped': before + flipped(value[place] ?? '', char) + after,
    'one character inserted': before + printable + value.slice(place),
    'one character left out': before + after,
    'two characters swapped': value.slice(0, place) + (value[place + 1] ?? '') + (value[place] ?? '') + value.slice(place + 2),
    'its last letter or digit exchanged': value.replace(/[a-z0-9](?=[^a-z0-9]*$)/i, printable),
    'cut off': before,
    'cut off in front': value.slice(place),
    'text added': value + text,
    'text put in front': text + value,
    'one letter in the other case': before + otherCase(value[place] ?? '') + after,
    'in upper case': value.toUpperCase(),
    'in lower case': value.toLowerCase(),
    'twice, joined as headers are': `${value}, ${value}`,
    'after another one': `${text}, ${value}`,
    empty: '',
    'left out': null,
    'a digit counted on': value.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1 + (char % 9)) % 10)),
    ...jwtWays(value, at, char),
  }
  const [what, changed] = pick(Object.entries(ways), how)
  const headers = new Headers(request.headers)
  if (changed === null) headers.delete(name)
  else headers.set(name, changed)
  return { what: `${name}: ${what}`, changed: { ...request, headers } }
}

/** Where a value holds a token: forged by its parts. */
function jwtWays(value: string, at: number, char: number): Record<string, string> {
  const [, start, header, payload, signature] = /^(.*?)([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(value) ?? []
  if (start === undefined || header === undefined || payload === undefined) return {}
  const encode = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url')
  const claims = parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown> | undefined
  if (claims === undefined) return {}
  const claim = pick(Object.keys(claims), at)
  const other = typeof claims[claim] === 'number' ? claims[claim] + char : `${String(claims[claim])}${char}`
  return {
    'a token without signature': `${start}${header}.${payload}.`,
    'a token that asks for no algorithm': `${start}${encode({ alg: 'none' })}.${payload}.${signature}`,
    'a token of another algorithm': `${start}${encode({ alg: pick(['HS256', 'HS512', 'RS256', 'ES256', 'none'], char), typ: 'JWT', kid: 'x' })}.${payload}.${signature}`,
    'a token with another claim': `${start}${header}.${encode({ ...claims, [claim]: other })}.${signature}`,
    'a token with its parts swapped': `${start}${payload}.${header}.${signature}`,
  }
}

function flipped(char: string, bit: number): string {
  const code = (char.charCodeAt(0) || 0x41) ^ (1 << (bit % 6))
  return code > 0x1f && code < 0x7f ? String.fromCharCode(code) : '~'
}

function otherCase(char: string): string {
  return char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase()
}

function inBody(request: Wire, spans: Targets['spans'], { how, at, char, text }: Mutation): Made {
  const { body } = request
  const [from, to] = spans.length === 0 || at % 5 === 0 ? [0, body.length] : pick(spans, at)
  const place = to > from ? from + (at % (to - from)) : from
  const [before, rest] = [body.subarray(0, place), body.subarray(place)]
  const ways: Record<string, () => Uint8Array[]> = {
    'one bit flipped': () => [before, Uint8Array.of((body[place] ?? 0) ^ (1 << (char % 8))), rest.subarray(1)],
    'one byte exchanged': () => [before, Uint8Array.of(char), rest.subarray(1)],
    'one byte inserted': () => [before, Uint8Array.of(char), rest],
    'one byte left out': () => [before, rest.subarray(1)],
    'some bytes inserted': () => [before, new TextEncoder().encode(text), rest],
    'cut off': () => [before],
    'cut off in front': () => [rest],
    'a byte added': () => [body, Uint8Array.of(char)],
    'white space added': () => [body, Uint8Array.of(pick([0x20, 0x0a, 0x0d, 0x09], char))],
    'a byte-order mark put in front': () => [Uint8Array.of(0xef, 0xbb, 0xbf), body],
    twice: () => [body, body],
    emptied: () => [],
  }
  const [what, make] = pick(Object.entries(ways), how)
  return { what: `body: ${what} at ${place}`, changed: { ...request, body: joined(make()) } }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(pieces))
}

function inUrl(request: Wire, { how, at, char, text }: Mutation): Made {
  const { url } = request
  const letter = String.fromCharCode(0x61 + (char % 26))
  const path = new URL(url).pathname
  const pathStart = url.indexOf(path, 8)
  const query = url.indexOf('?')
  const pairs = query < 0 ? [] : url.slice(query + 1).split('&')
  const bare = query < 0 ? url : url.slice(0, query)
  const one = pairs.length === 0 ? 0 : at % pairs.length
  const withPairs = (list: readonly string[]) => (list.length === 0 ? bare : `${bare}?${list.join('&')}`)
  const exchanged = (from: number, to: number) => {
    const place = from + (at % Math.max(1, to - from))
    return url.slice(0, place) + letter + url.slice(place + 1)
  }
  const ways: Record<string, string> = {
    'one letter of the host exchanged': exchanged(8, pathStart),
    'one letter of the path exchanged': exchanged(pathStart + 1, query < 0 ? url.length : query),
    'one letter of the path in upper case': bare.replace(path, path.toUpperCase()) + (query < 0 ? '' : url.slice(query)),
    'the path longer': `${bare}/${letter}${query < 0 ? '' : url.slice(query)}`,
    'another scheme': url.replace('https:', 'http:'),
    'a user': url.replace('//', `//${letter}@`),
    'parameters swapped': withPairs([...pairs.slice(one), ...pairs.slice(0, one)]),
    'a parameter left out': withPairs(pairs.filter((_, i) => i !== one)),
    'a parameter added': withPairs([...pairs, `${letter}=${encodeURIComponent(text)}`]),
    'a parameter twice': withPairs([...pairs, ...pairs.slice(one, one + 1)]),
    'a value longer': withPairs(pairs.map((pair, i) => (i === one ? pair + letter : pair))),
    'a value in front': withPairs(pairs.map((pair, i) => (i === one ? pair.replace('=', `=${letter}`) : pair))),
    'a value cut off': withPairs(pairs.map((pair, i) => (i === one ? pair.slice(0, -1) : pair))),
    'a value in the other case': withPairs(pairs.map((pair, i) => (i === one ? pair.replace(/[a-z]$/i, otherCase) : pair))),
    'the query left out': bare,
  }
  const [what, changed] = pick(Object.entries(ways), how)
  return URL.canParse(changed) ? { what: `address: ${what}`, changed: { ...request, url: changed } } : undefined
}

function inMethod(request: Wire, { char }: Mutation): Made {
  const method = pick(['POST', 'GET', 'PUT', 'DELETE', 'PATCH'], char)
  return { what: `method ${method}`, changed: { ...request, method } }
}
