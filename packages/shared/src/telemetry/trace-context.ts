import { toHex } from '../core/bytes.ts'

/** A W3C traceparent taken apart (https://www.w3.org/TR/trace-context/). */
export interface TraceContext {
  traceId: string
  spanId: string
  sampled: boolean
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** Parses a `traceparent` header; `undefined` when it is missing or breaks the specification. */
export function parseTraceparent(header: string | null | undefined): TraceContext | undefined {
  const match = header ? TRACEPARENT.exec(header.trim()) : null
  if (!match) return undefined
  const [, version, traceId, spanId, flags, rest] = match as unknown as [string, string, string, string, string, string?]
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** The header's text. */
export function formatTraceparent(trace: TraceContext): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? '01' : '00'}`
}

/** Fills a buffer with random bytes, like `crypto.getRandomValues`. */
export type RandomBytes = (length: number) => Uint8Array

export const randomBytes: RandomBytes = (length) => crypto.getRandomValues(new Uint8Array(length))

/** Continues the caller's trace with a new span, or begins one. */
export function childTrace(header: string | null | undefined, random: RandomBytes = randomBytes): TraceContext {
  const parent = parseTraceparent(header)
  if (parent) return { ...parent, spanId: toHex(random(8)) }
  const hex = toHex(random(24))
  return { traceId: hex.slice(0, 32), spanId: hex.slice(32), sampled: true }
}
