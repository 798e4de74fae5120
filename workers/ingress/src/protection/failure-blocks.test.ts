import { describe, it } from 'vitest'
import { whoeverHas } from './client-network.ts'
import { BELIEVED_MS, BLOCK_MS, FailureBlocks } from './failure-blocks.ts'

describe('addresses that failed too often', () => {
  it('are kept out for a minute', ({ expect }) => {
    const blocks = new FailureBlocks()
    blocks.block('a', 1_000)
    expect([blocks.remainingMs('a', 1_000), blocks.remainingMs('b', 1_000)]).toEqual([BLOCK_MS, 0])
    expect(blocks.remainingMs('a', 1_000 + BLOCK_MS)).toBe(0)
  })

  it('make room for newer ones, the oldest first', ({ expect }) => {
    const blocks = new FailureBlocks()
    for (let n = 0; n <= 10_000; n++) blocks.block(`ip ${n}`, 0)
    expect([blocks.remainingMs('ip 0', 0), blocks.remainingMs('ip 1', 0)]).toEqual([0, BLOCK_MS])
  })

  it('are one where one host could have them all', ({ expect }) => {
    expect(whoeverHas('2001:db8:1:2::1')).toBe(whoeverHas('2001:0db8:1:2:ffff::9'))
    expect(whoeverHas('2001:db8:1:2::1')).not.toBe(whoeverHas('2001:db8:1:3::1'))
    expect(whoeverHas('::ffff:203.0.113.9')).toBe(whoeverHas('203.0.113.9'))
    expect(whoeverHas('203.0.113.9')).not.toBe(whoeverHas('203.0.113.10'))
    expect([whoeverHas(null), whoeverHas('not:an:address')]).toEqual(['null', 'not:an:address'])
  })

  it('lets one that was believed within ten minutes be, whatever others send from its address', ({ expect }) => {
    const blocks = new FailureBlocks()
    blocks.block('a', 0)
    blocks.believe('a', 1)
    expect(blocks.remainingMs('a', 1)).toBe(0)
    blocks.block('a', BELIEVED_MS)
    expect(blocks.remainingMs('a', BELIEVED_MS)).toBe(0)
    blocks.block('a', BELIEVED_MS + 1)
    expect(blocks.remainingMs('a', BELIEVED_MS + 1)).toBe(BLOCK_MS)
  })
})
