import { describe, it } from 'vitest'
import type { ConnectorLogRow } from './deps.ts'
import { LogBuffer, type LogWriter } from './log-buffer.ts'

const row = (trace: string): ConnectorLogRow => ({ at: 1, connector: 'billing', trace, attempt: null, events: [] })

/** A buffer whose waits end when they are told to. */
function setUp() {
  const written: [number, string[]][] = []
  const waits: (() => void)[] = []
  const clock = { now: 1_000 }
  const writer: LogWriter = {
    now: () => clock.now,
    sleep: () => new Promise((resolve) => void waits.push(resolve)),
    write: async (shard, rows) => void written.push([shard, rows.map(({ trace }) => trace)]),
  }
  return { buffer: new LogBuffer(), writer, written, waits, clock }
}

describe('rows of the log', () => {
  it('of requests at the same time are written together, by the first of them', async ({ expect }) => {
    const { buffer, writer, written, waits } = setUp()
    const first = buffer.add(0, [row('a'), row('b')], writer)
    await buffer.add(0, [row('c')], writer)
    await buffer.add(1, [row('d')], writer)
    expect([written, waits.length]).toEqual([[], 1])
    waits[0]?.()
    await first
    expect(written).toEqual([
      [0, ['a', 'b', 'c']],
      [1, ['d']],
    ])
  })

  it('that come while others are written are written by their own request', async ({ expect }) => {
    const { buffer, writer, written, waits } = setUp()
    const first = buffer.add(0, [row('a')], writer)
    waits[0]?.()
    await first
    const second = buffer.add(0, [row('b')], writer)
    waits[1]?.()
    await second
    expect(written.map(([, traces]) => traces)).toEqual([['a'], ['b']])
  })

  it('whose writer is gone are written by a later request', async ({ expect }) => {
    const { buffer, writer, written, waits, clock } = setUp()
    void buffer.add(0, [row('a')], writer)
    clock.now += 2_000
    const later = buffer.add(0, [row('b')], writer)
    waits[1]?.()
    await later
    expect(written).toEqual([[0, ['a', 'b']]])
  })

  it('are as many to a statement as fit it', async ({ expect }) => {
    const { buffer, writer, written, waits } = setUp()
    const all = buffer.add(
      0,
      Array.from({ length: 250 }, (_, n) => row(String(n))),
      writer,
    )
    waits[0]?.()
    await all
    expect(written.map(([, traces]) => traces.length)).toEqual([100, 100, 50])
  })
})
