import { describe, it } from 'vitest'
import { testPolicy } from '@orchestrator/shared/testing/policy-context'
import { TEST_CONNECTOR, TEST_OPERATION } from '../testing/http-bench.ts'
import { gatedCall } from './gated-call.ts'

describe('a call of a job that pinned an older revision', () => {
  it('goes by what operators decided since about the breaker of its connector', ({ expect }) => {
    const connector = { ...TEST_CONNECTOR, breakerResetAt: 1_000 }
    const target = { connector, operation: TEST_OPERATION, policy: testPolicy(), limitScope: connector.id, mapping: null }
    const by = { client: null, input: null }
    const inForce = {
      connectors: [{ ...connector, breakerResetAt: 2_000 }],
      breakerOverrides: [{ connector: connector.id, state: 'closed' as const }],
    }
    expect(gatedCall(target, inForce, by)).toMatchObject({ resetAt: 2_000, override: 'closed' })
    expect(gatedCall(target, { connectors: [], breakerOverrides: [] }, by)).toMatchObject({ resetAt: 0, override: undefined })
  })
})
