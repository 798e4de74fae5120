import { describe, it } from 'vitest'
import { fitsInMessage, MAX_MESSAGE_BYTES } from './message-size.ts'

describe('fitsInMessage', () => {
  const room = MAX_MESSAGE_BYTES - 256

  it('counts one byte a character of Latin-1, and two as soon as one is not', ({ expect }) => {
    expect(fitsInMessage('é'.repeat(room))).toBe(true)
    expect(fitsInMessage('é'.repeat(room + 1))).toBe(false)
    expect(fitsInMessage(`${'e'.repeat(room / 2 - 1)}Ł`)).toBe(true)
    expect(fitsInMessage(`${'e'.repeat(room / 2)}Ł`)).toBe(false)
  })
})
