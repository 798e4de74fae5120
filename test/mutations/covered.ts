import { isDeepStrictEqual } from 'node:util'
import type { JwtScheme, Preset, SignatureScheme, TokenScheme } from '@orchestrator/shared/contracts/preset'
import type { ProviderSettings } from '@orchestrator/shared/verification/types'
import { CODE_SCHEMES } from './covered-by-code.ts'
import { bytesOf, field, jsonOf, type Reader, textOf } from './reading.ts'

/**
 * What a sender's proof covers, read from a request a second time and more simply than the engine does, from the preset's data.
 * A request that still carries one of the proofs, over the same content, says the same; every other one must be refused.
 */
export function readerOf(preset: Preset, settings: ProviderSettings): Reader {
  const { verification } = preset
  switch (verification.scheme) {
    case 'signature':
      return signatureReader(verification, settings)
    case 'token':
      return tokenReader(verification)
    case 'jwt':
      return jwtReader(verification, settings)
    case 'none':
      return () => ({ proofs: [''], content: null })
    default: {
      const read = CODE_SCHEMES[verification.scheme]
      return (request) => read(request, settings)
    }
  }
}

/** Whether a changed request still proves what the first one did. */
export function saysTheSame(before: ReturnType<Reader>, after: ReturnType<Reader>): boolean {
  return before.proofs.some((proof) => after.proofs.includes(proof)) && isDeepStrictEqual(before.content, after.content)
}

function signatureReader(scheme: SignatureScheme, settings: ProviderSettings): Reader {
  const { headers, template, timestamp, requiredHeaders = [] } = scheme
  const formats = [scheme, ...(scheme.alternatives ?? [])]
  return (request) => {
    const values = headers.flatMap((name) => request.headers.get(name) ?? [])
    const proofs = formats.flatMap(({ format, algorithm }) => {
      const written = values.flatMap((value) => proofsIn(format, timestamp, value))
      // Of public-key signatures the bytes count, so hex may be in either case.
      const bytesCount = algorithm.kind !== 'hmac' && algorithm.kind !== 'digest' && scheme.encoding.endsWith('hex')
      return bytesCount ? written.map((text) => text.toLowerCase()) : written
    })
    const parts = [...template.matchAll(/\{([a-z0-9_|:-]+)\}/gi)].map(([, name = '']) => {
      const [kind, argument = ''] = name.split(':', 2)
      if (kind === 'body') return bytesOf(request)
      if (kind === 'method') return request.method
      if (kind === 'url') return argument === 'decoded' ? withReservedDecoded(request.url) : request.url
      if (kind === 'header') return argument.split('|').flatMap((header) => request.headers.get(header) ?? [])[0] ?? null
      if (kind === 'setting') return settings[argument] ?? null
      return kind === 'timestamp' && timestamp?.from.kind === 'header' ? firstHeader(request, timestamp.from.names) : null
    })
    return { proofs, content: [parts, requiredHeaders.map(({ name }) => request.headers.get(name))] }
  }
}

function firstHeader(request: Parameters<Reader>[0], names: readonly string[]): string | null {
  return names.map((name) => request.headers.get(name)).find((value) => value !== null) ?? null
}

/** Each complete proof in a header's value: the signature as written, with the time where it stands beside it. */
function proofsIn(format: SignatureScheme['format'], timestamp: SignatureScheme['timestamp'], value: string): string[] {
  switch (format.kind) {
    case 'whole':
      return (format.separator === undefined ? [value] : value.split(format.separator)).map((part) => part.trim())
    case 'positional': {
      const [time, ...signatures] = value.split(format.separator).map((part) => part.trim())
      return signatures.map((signature) => `${time} ${signature}`)
    }
    case 'pairs': {
      const groups = format.groupSeparator === undefined ? [value] : value.split(format.groupSeparator)
      return groups.flatMap((group) => {
        const pairs = group.split(format.separator).map((pair) => pair.trim())
        const named = (name: string) =>
          pairs.flatMap((pair) => {
            const [key = '', ...rest] = pair.split('=')
            return key.trim() === name ? [rest.join('=').trim()] : []
          })
        const times = timestamp?.from.kind === 'pair' ? named(timestamp.from.name) : ['']
        return times.flatMap((time) => named(format.name).map((signature) => `${time} ${signature}`))
      })
    }
  }
}

/** HubSpot decodes `: / ? @ ! $ ' ( ) * , ;` before it signs an address. */
function withReservedDecoded(url: string): string {
  return url.replace(/%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi, (escape) => decodeURIComponent(escape))
}

/** The first place that is there counts; the rest of the request is not covered. */
function tokenReader({ from }: TokenScheme): Reader {
  return (request) => {
    const found = from.map((place) => {
      switch (place.kind) {
        case 'query':
          return new URL(request.url).searchParams.get(place.name) ?? undefined
        case 'body': {
          const json = jsonOf(request)
          const items = place.each === undefined ? [json] : field(json, place.each)
          return Array.isArray(items) ? JSON.stringify(items.map((item) => field(item, place.path) ?? null)) : undefined
        }
        case 'basic': {
          const encoded = /^basic +(.*)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
          // The credentials count, not how base64 pads them.
          return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('latin1')
        }
        case 'header': {
          const value = request.headers.get(place.name)
          const { prefix = '' } = place
          // A scheme's name may be in any case (RFC 9110 section 11.1).
          return value?.toLowerCase().startsWith(prefix.toLowerCase()) ? value.slice(prefix.length) : undefined
        }
      }
    })
    const first = found.find((text) => text !== undefined)
    return { proofs: first === undefined ? [] : [first], content: null }
  }
}

function jwtReader({ header, prefix = '', checks }: JwtScheme, settings: ProviderSettings): Reader {
  const covers = (what: 'body' | 'url') =>
    checks.some(
      (check) =>
        (check.kind === 'hash' && check.of === what) ||
        (what === 'url' && check.kind === 'url') ||
        (what === 'url' && check.kind === 'setting' && check.otherwise === 'url' && settings[check.setting] === undefined),
    )
  return (request) => {
    const value = request.headers.get(header)
    const token = value?.toLowerCase().startsWith(prefix.toLowerCase()) ? value.slice(prefix.length).trim() : undefined
    const content = [covers('body') ? bytesOf(request) : null, covers('url') ? request.url : null]
    return { proofs: token === undefined ? [] : [token], content }
  }
}

/** What of a request can be changed and is covered at all: the places worth mutating. */
export function places(preset: Preset, settings: ProviderSettings, request: Parameters<Reader>[0]) {
  const read = readerOf(preset, settings)
  const before = read(request)
  const differs = (changed: Parameters<Reader>[0]) => !saysTheSame(before, read(changed))
  const withHeader = (name: string, value: string | null) => {
    const headers = new Headers(request.headers)
    if (value === null) headers.delete(name)
    else headers.set(name, value)
    return { ...request, headers }
  }
  const marked = (search: string) => ({ ...request, url: request.url + (request.url.includes('?') ? '&' : '?') + search })
  const url = new URL(request.url)
  const lastParameter = url.search.replace(/.$/, (last) => (last === 'x' ? 'y' : 'x'))
  return {
    headers: [...request.headers.keys()].filter(
      (name) => differs(withHeader(name, 'changed')) || differs(withHeader(name, null)),
    ),
    body:
      differs({ ...request, body: new TextEncoder().encode(`${textOf(request)} {}`) }) ||
      differs({ ...request, body: new Uint8Array() }),
    url: differs(marked('x=1')) || differs({ ...request, url: url.origin + url.pathname + lastParameter }),
    method: differs({ ...request, method: 'OTHER' }),
  }
}
