import type { Preset } from '@orchestrator/shared/contracts/preset'
import { bytesOf, type Wire } from './reading.ts'

/** A part of what is signed, as it stands in the request. */
interface SignedPart {
  read(request: Wire): string
  write(request: Wire, text: string): Wire
}

/** Parts that stand side by side in what is signed, with nothing between them: `{timestamp}{body}`. */
export function neighbours({ verification }: Preset): [SignedPart, SignedPart][] {
  if (verification.scheme !== 'signature') return []
  const { template, timestamp, headers } = verification
  const partOf = (name: string): SignedPart | undefined => {
    if (name === 'body') return body
    const [kind, argument = ''] = name.split(':', 2)
    if (kind === 'header') return inHeader(argument.split('|')[0]!, /^.*$/)
    if (name !== 'timestamp') return undefined
    if (timestamp?.from.kind === 'header') return inHeader(timestamp.from.names[0]!, /^.*$/)
    return timestamp?.from.kind === 'pair'
      ? inHeader(headers[0]!, new RegExp(`(?<=\\b${timestamp.from.name}=)[^,;]*`))
      : undefined
  }
  return [...template.matchAll(/\{([^{}]+)\}(?=\{([^{}]+)\})/g)].flatMap(([, first = '', second = '']) => {
    const [left, right] = [partOf(first), partOf(second)]
    return left && right ? [[left, right] as [SignedPart, SignedPart]] : []
  })
}

/** The boundary between two neighbours moved: what is signed stays the same text, and means something else. */
export function shifted(request: Wire, [left, right]: readonly [SignedPart, SignedPart], by: number): Wire | undefined {
  const [first, second] = [left.read(request), right.read(request)]
  const both = first + second
  const at = first.length + by
  if (at < 0 || at > both.length || by === 0) return undefined
  return right.write(left.write(request, both.slice(0, at)), both.slice(at))
}

const body: SignedPart = {
  read: bytesOf,
  write: (request, text) => ({ ...request, body: new Uint8Array(Buffer.from(text, 'latin1')) }),
}

function inHeader(name: string, place: RegExp): SignedPart {
  return {
    read: (request) => place.exec(request.headers.get(name) ?? '')?.[0] ?? '',
    write: (request, text) => {
      const headers = new Headers(request.headers)
      headers.set(
        name,
        (headers.get(name) ?? '').replace(place, () => text),
      )
      return { ...request, headers }
    },
  }
}
