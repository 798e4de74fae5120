import { adminSecretsStore } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import { resolveSecret } from './resolve.ts'

describe('the Secrets Store of the platform', () => {
  it('gives a secret through its binding', async ({ expect }) => {
    const bindings = env as unknown as Record<string, SecretsStoreSecret>
    await adminSecretsStore(bindings.STORED_ELSEWHERE as SecretsStoreSecret).create('from the store')
    const resolved = await resolveSecret(
      { name: 's', source: 'store', binding: 'STORED_ELSEWHERE' },
      { secretsKey: 'k', env: bindings, now: 0 },
    )
    expect(resolved.map(({ secret }) => secret.reveal())).toEqual(['from the store'])
  })
})
