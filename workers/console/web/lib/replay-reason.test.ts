import { MAX_REASON_LENGTH } from '@orchestrator/shared/contracts/control-api'
import { describe, it } from 'vitest'
import { checkReason } from './replay-reason.ts'

describe('the reason of a replay', () => {
  it.for(['', '   ', '\n\t'])('is mandatory: %j is none', (text, { expect }) => {
    expect(checkReason(text)).toContain('Say why')
  })

  it('may be as long as the contract allows, and not longer', ({ expect }) => {
    expect(checkReason('x'.repeat(MAX_REASON_LENGTH))).toBeNull()
    expect(checkReason('x'.repeat(MAX_REASON_LENGTH + 1))).toContain(String(MAX_REASON_LENGTH))
  })
})
