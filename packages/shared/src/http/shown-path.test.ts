import { describe, it } from 'vitest'
import { shownPath } from './shown-path.ts'

describe('a path as it is told', () => {
  it.for([
    ['/v1/jobs/job_0001KC5W3V9Q7X2M4N6P8R0S1T3V?token=x', '/v1/jobs/job_0001KC5W3V9Q7X2M4N6P8R0S1T3V'],
    ['/v1/dead-letters/job_0001KC5W3V9Q7X2M4N6P8R0S1T3V.2/replay', '/v1/dead-letters/job_0001KC5W3V9Q7X2M4N6P8R0S1T3V.2/replay'],
    [
      '/webhooks/a-provider-with-a-very-long-name-but-still-just-a-name',
      '/webhooks/a-provider-with-a-very-long-name-but-still-just-a-name',
    ],
    ['/v1/clients/shop/keys/ork_0a', '/v1/clients/shop/keys/[redacted]'],
    ['/webhooks/stripe/whsec_abc', '/webhooks/stripe/[redacted]'],
    ['/webhooks/Zm9vYmFyMTIzNDU2Nzg5MGFiY2Q', '/webhooks/[redacted]'],
    ['/x/eyJhbGciOiJIUzI1NiJ9.e30.c2ln', '/x/[redacted]'],
    [`/x/${'a'.repeat(65)}`, '/x/[redacted]'],
  ] as const)('%s', ([path, shown], { expect }) => {
    expect(shownPath(`https://worker.example${path}`)).toBe(shown)
  })
})
