import { listAudit } from '@orchestrator/shared/audit/queries'
import { readConfigInForce } from '@orchestrator/shared/config/change'
import { describe, it } from 'vitest'
import { executeStack } from '../testing/execute.ts'
import { env } from '../testing/stack.ts'

const DISABLE = { status: 503, headers: { 'webhook-delivery': 'disable' } }
const autoPause = { afterMs: 432_000_000, warnAfterMs: [] }

describe('a receiver that asks /execute to call it no more', () => {
  it('is not asked again, and its connector is paused, which is audited and told', async ({ expect }) => {
    const one = await executeStack({ policy: { autoPause } })
    await one.answers(DISABLE, { status: 200 })
    const answer = await one.ask()
    expect(answer.json).toMatchObject({ status: 502, code: 'upstream_failed', outcome: 'failed', attempts: 1 })
    expect(answer.json.detail).toContain('asked for no further attempt (webhook-delivery: disable)')
    expect(await one.calls()).toHaveLength(1)
    const { pauses } = await readConfigInForce(env.CONTROL_DB)
    expect(pauses.filter(({ id }) => id === one.name)).toEqual([{ kind: 'connector', id: one.name }])
    const rows = (await listAudit(env.CONTROL_DB, null, 50)).filter(({ target }) => target === `connector:${one.name}`)
    expect(rows).toMatchObject([{ action: 'connector.paused', actorKind: 'system', actorId: 'execution' }])
    expect((await one.log()).flatMap(({ events }) => events)).toMatchObject([
      { type: 'connector.auto_paused', data: { connector: one.name, failingSince: null } },
    ])
  })
})
