import { describe, it } from 'vitest'
import { check, createStoryteller } from './storyteller.ts'

describe('a story', () => {
  it('numbers its steps and tells what each found out', async ({ expect }) => {
    const lines: string[] = []
    const { step } = createStoryteller((line) => lines.push(line))
    await step('first', async () => undefined)
    const result = await step('second', async (tell) => {
      tell('a fact')
      return 42
    })
    expect(result).toBe(42)
    expect(lines.map((line) => line.replace(/ \(.*\)/, ''))).toEqual(['  ✓ 1. first', '  ✓ 2. second', '       a fact'])
  })

  it('ends at the first step that does not hold, and names it', async ({ expect }) => {
    const lines: string[] = []
    const { step } = createStoryteller((line) => lines.push(line))
    const told = step('the job dies', async (tell) => {
      tell('it is succeeded')
      check(false, 'it does not die')
    })
    await expect(told).rejects.toThrow('Step 1 failed: “the job dies”: it does not die')
    expect(lines).toEqual(['  ✗ 1. the job dies', '       it is succeeded'])
  })
})
