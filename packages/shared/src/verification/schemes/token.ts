import type { TokenScheme } from '../../contracts/preset.ts'
import { fromBase64, decodeUtf8, toBase64, utf8 } from '../../core/bytes.ts'
import { err, ok } from '../../core/result.ts'
import { timingSafeEqual } from '../../core/timing-safe.ts'
import { readPath } from '../event-facts.ts'
import { parseJson } from '../parsed-body.ts'
import type { Scheme, Sign, SchemeInput, SignInput } from '../types.ts'

type Place = TokenScheme['from'][number]

/** A shared token: compared whole, in constant time, with each secret. The body is not covered by it. */
export const token: Scheme<TokenScheme> = {
  async verify(scheme, input) {
    const given = scheme.from.map((place) => readTokens(place, input)).find((tokens) => tokens.length > 0)
    input.explain('A token is in the request', given !== undefined)
    if (given === undefined) return err('missing_header')
    const secrets = input.secrets.filter(({ secret }) => secret !== '')
    if (secrets.length === 0) return err('unusable_secret')
    const matches = secrets.filter(({ secret }) => given.filter((text) => !equal(text, secret)).length === 0)
    const [matched] = matches
    input.explain('The token is the configured one', matched !== undefined, matched && `the ${matched.label} secret`)
    return matched ? ok({ scheme: 'token', secret: matched.label, timestamp: null, ageSeconds: null }) : err('no_match')
  },
  proofInBody: ({ from }) => from.some(({ kind }) => kind === 'body'),
  proofHeaders: ({ from }) =>
    from.flatMap((place) => (place.kind === 'header' ? place.name : place.kind === 'basic' ? 'authorization' : [])),
}

export const signToken: Sign<TokenScheme> = async (scheme, input) => {
  const [place] = scheme.from
  const [secret] = input.secrets
  if (place === undefined || !secret) throw new Error('signing needs the token')
  return place.kind === 'body' ? signBody(place, secret, input) : signOutside(place, secret, input)
}

/** The tokens at a place; a body whose elements do not all carry one has an impossible empty one among them. */
function readTokens(place: Place, { headers, url, rawBody }: SchemeInput): string[] {
  switch (place.kind) {
    case 'header': {
      const value = headers.get(place.name)
      const prefix = place.prefix ?? ''
      return value !== null && value.toLowerCase().startsWith(prefix.toLowerCase()) ? [value.slice(prefix.length)] : []
    }
    case 'query': {
      const value = new URL(url).searchParams.get(place.name)
      return value === null ? [] : [value]
    }
    case 'basic': {
      const encoded = /^basic +([a-z0-9+/=]+)$/i.exec(headers.get('authorization') ?? '')?.[1]
      const bytes = encoded === undefined ? undefined : fromBase64(encoded)
      const text = bytes && decodeUtf8(bytes)
      return text === undefined ? [] : [text]
    }
    case 'body': {
      const json = parseJson(rawBody)
      const each = place.each === undefined ? [json] : readPath(json, place.each)
      if (!Array.isArray(each)) return []
      return each.map((item) => {
        const value = readPath(item, place.path)
        return typeof value === 'string' ? value : ''
      })
    }
  }
}

function equal(text: string, secret: string): boolean {
  return timingSafeEqual(utf8(secret), utf8(text))
}

function signOutside(place: Exclude<Place, { kind: 'body' }>, secret: string, { url, headers, rawBody }: SignInput) {
  if (place.kind === 'query') {
    const target = new URL(url)
    target.searchParams.set(place.name, secret)
    return { url: target.href, headers: { ...headers }, rawBody }
  }
  const [name, value] =
    place.kind === 'basic' ? ['authorization', `Basic ${toBase64(utf8(secret))}`] : [place.name, `${place.prefix ?? ''}${secret}`]
  return { url, headers: { ...headers, [name]: value }, rawBody }
}

function signBody(place: Extract<Place, { kind: 'body' }>, secret: string, { url, headers, rawBody }: SignInput) {
  const json = parseJson(rawBody)
  const each = place.each === undefined ? [json] : readPath(json, place.each)
  if (!Array.isArray(each)) throw new Error('the token is inside a JSON body')
  for (const item of each as Record<string, unknown>[]) item[place.path] = secret
  return { url, headers: { ...headers }, rawBody: utf8(JSON.stringify(json)) }
}
