import { describe, it } from 'vitest'
import { isDevelopmentHost } from './development.ts'

describe('hints for developers', () => {
  it.for([
    ['localhost', true],
    ['console.localhost', true],
    ['console.example.com', false],
    ['localhost.example.com', false],
    ['notlocalhost', false],
  ] as const)('on %s: %s', ([hostname, shown], { expect }) => {
    expect(isDevelopmentHost(hostname)).toBe(shown)
  })
})
