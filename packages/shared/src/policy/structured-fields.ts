/**
 * Structured fields of HTTP (RFC 9651, section 4.2), as far as rate limits use them: lists and dictionaries of items with
 * parameters. Inner lists and display strings are none of theirs, and make a field unreadable here. Byte sequences stay base64.
 */

type BareItem = string | number | boolean

export interface Item {
  value: BareItem
  params: ReadonlyMap<string, BareItem>
}

/** A field longer than this is no honest one. */
const MAX_LENGTH = 4_096

const KEY = /[a-z*][a-z0-9_.*-]*/y
const NUMBER = /-?(?:\d{1,12}\.\d{1,3}|\d{1,15})(?![\d.])/y
const STRING = /"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"/y
const TOKEN = /[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*/y
const BYTES = /:([A-Za-z0-9+/]*={0,2}):/y
const BOOLEAN = /\?[01]/y
const COMMA = /[ \t]*,[ \t]*/y
const SEMICOLON = /; */y

/** A list of items; `undefined` when it is none. */
export function parseItemList(text: string): Item[] | undefined {
  const items: Item[] = []
  const whole = parseMembers(text, (reader) => {
    const item = readItem(reader)
    if (item) items.push(item)
    return item !== undefined
  })
  return whole ? items : undefined
}

/** A dictionary of items; `undefined` when it is none. Of a key that stands twice, the last counts. */
export function parseItemDictionary(text: string): Map<string, Item> | undefined {
  const items = new Map<string, Item>()
  const whole = parseMembers(text, (reader) => {
    const key = reader.take(KEY)
    if (key === undefined) return false
    const item = reader.skip('=') ? readItem(reader) : { value: true, params: readParams(reader) }
    if (!item?.params) return false
    items.set(key, { value: item.value, params: item.params })
    return true
  })
  return whole ? items : undefined
}

class Reader {
  #at = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length
  }

  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (!match) return undefined
    this.#at += match[0].length
    return match[1] ?? match[0]
  }

  /** Whether `character` comes next; it is read if so. */
  skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  startsWith(character: string): boolean {
    return this.#text[this.#at] === character
  }
}

/** Reads members that commas part; `false` when there is none, or anything else. */
function parseMembers(text: string, readMember: (reader: Reader) => boolean): boolean {
  if (text.length > MAX_LENGTH) return false
  const reader = new Reader(text.replace(/^ +| +$/g, ''))
  do {
    if (!readMember(reader)) return false
    if (reader.atEnd) return true
  } while (reader.take(COMMA) !== undefined)
  return false
}

function readItem(reader: Reader): Item | undefined {
  const value = readBareItem(reader)
  const params = value === undefined ? undefined : readParams(reader)
  return value === undefined || !params ? undefined : { value, params }
}

function readBareItem(reader: Reader): BareItem | undefined {
  if (reader.startsWith('"')) return reader.take(STRING)?.replace(/\\(.)/g, '$1')
  if (reader.startsWith(':')) return reader.take(BYTES)
  if (reader.startsWith('?')) {
    const text = reader.take(BOOLEAN)
    return text === undefined ? undefined : text === '?1'
  }
  // A date is a number of seconds with a sign in front (RFC 9651, section 3.3.7).
  const isDate = reader.skip('@')
  const number = reader.take(NUMBER)
  if (number !== undefined) return Number(number)
  return isDate ? undefined : reader.take(TOKEN)
}

function readParams(reader: Reader): Map<string, BareItem> | undefined {
  const params = new Map<string, BareItem>()
  while (reader.take(SEMICOLON) !== undefined) {
    const key = reader.take(KEY)
    const value = key !== undefined && reader.skip('=') ? readBareItem(reader) : true
    if (key === undefined || value === undefined) return undefined
    params.set(key, value)
  }
  return params
}
