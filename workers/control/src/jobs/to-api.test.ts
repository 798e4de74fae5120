import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { jobRow } from '@orchestrator/shared/testing/data-rows'
import { testPolicy } from '@orchestrator/shared/testing/policy-context'
import { describe, it } from 'vitest'
import { configContent } from '../testing/harness.ts'
import { toJobSummary } from './to-api.ts'

const withAttempts = (id: string, maxAttempts: number) => testPolicy({ id, retry: { ...testPolicy().retry, maxAttempts } })

describe('a job', () => {
  it('has the attempts that execution gives it: by its route’s policy, else its operation’s, else its connector’s', ({
    expect,
  }) => {
    const [operation] = configContent.operations
    const config = {
      ...configContent,
      operations: [operation!, { ...operation!, name: 'patient', policy: 'of-operation' }],
      policies: [withAttempts('billing', 4), withAttempts('of-operation', 9), withAttempts('of-route', 2)],
    } as ConfigSnapshot
    const attempts = (changes: object) => toJobSummary(jobRow({ connector: 'billing', ...changes }), config).maxAttempts
    expect(attempts({ operation: 'set-subscription' })).toBe(4)
    expect(attempts({ operation: 'patient' })).toBe(9)
    expect(attempts({ operation: 'patient', policy: 'of-route' })).toBe(2)
    expect(attempts({ operation: 'gone' })).toBe(4)
    expect(attempts({ connector: 'gone', operation: 'gone' })).toBeNull()
  })
})
