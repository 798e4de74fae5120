import { describe, it } from 'vitest'
import { childTrace, formatTraceparent, parseTraceparent } from './trace-context.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const ones = (length: number) => new Uint8Array(length).fill(1)

describe('trace context', () => {
  it('continues the caller’s trace with a span of its own', ({ expect }) => {
    const trace = childTrace(`00-${TRACE}-${SPAN}-01`, ones)
    expect(trace).toEqual({ traceId: TRACE, spanId: '0101010101010101', sampled: true })
    expect(formatTraceparent(trace)).toBe(`00-${TRACE}-0101010101010101-01`)
  })

  it('keeps the caller’s decision not to sample', ({ expect }) => {
    expect(childTrace(`00-${TRACE}-${SPAN}-00`, ones).sampled).toBe(false)
  })

  it('reads a later version that carries more', ({ expect }) => {
    expect(parseTraceparent(`01-${TRACE}-${SPAN}-01-more`)?.traceId).toBe(TRACE)
  })

  it('begins a new trace where the header breaks the specification', ({ expect }) => {
    const broken = [
      undefined,
      '',
      'x',
      `ff-${TRACE}-${SPAN}-01`,
      `00-${TRACE}-${SPAN}-01-more`,
      `00-${'0'.repeat(32)}-${SPAN}-01`,
      `00-${TRACE}-${'0'.repeat(16)}-01`,
      `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    ]
    for (const header of broken) expect(childTrace(header, ones).traceId, String(header)).toBe('01'.repeat(16))
  })
})
