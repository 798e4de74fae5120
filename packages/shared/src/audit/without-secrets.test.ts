import { describe, it } from 'vitest'
import { withoutSecrets } from './without-secrets.ts'

describe('values without secrets', () => {
  it('hides fields that sound like secrets, at any depth, and keeps the rest', ({ expect }) => {
    const value = { url: 'u', auth: { clientSecret: 's', accessToken: 't' }, list: [{ password: 'p', n: 1 }], none: null }
    expect(withoutSecrets(value)).toEqual({
      url: 'u',
      auth: { clientSecret: '[redacted]', accessToken: '[redacted]' },
      list: [{ password: '[redacted]', n: 1 }],
      none: null,
    })
  })

  it('hides a whole value under a secret name, and what is nested too deep', ({ expect }) => {
    expect(withoutSecrets({ credentials: { user: 'a' } })).toEqual({ credentials: '[redacted]' })
    let deep: unknown = 'bottom'
    for (let i = 0; i < 20; i++) deep = { deep }
    expect(JSON.stringify(withoutSecrets(deep))).not.toContain('bottom')
  })
})
