import { listAudit } from '@orchestrator/shared/audit/queries'
import { readConfigInForce } from '@orchestrator/shared/config/change'
import { describe, it } from 'vitest'
import { env, stack } from '../testing/stack.ts'
import { pauseConnector, type PauseRequest } from './pause-connector.ts'

const NOW = 1_800_000_000_000
const fail = (error: unknown) => {
  throw error
}
const request = (connector: string, changes: Partial<PauseRequest> = {}): PauseRequest => ({
  connector,
  reason: 'every call has failed for days',
  isDue: () => true,
  at: NOW,
  requestId: 'req_1',
  ...changes,
})
const paused = async (id: string) => (await readConfigInForce(env.CONTROL_DB)).pauses.filter((pause) => pause.id === id)
const audits = async (id: string) =>
  (await listAudit(env.CONTROL_DB, null, 100)).filter(({ target }) => target === `connector:${id}`)

describe('the pause of a connector', () => {
  it('is a revision of the configuration and one audit row of the system, however often it is asked', async ({ expect }) => {
    const { name } = await stack()
    const outcomes = await Promise.all([
      pauseConnector(env, request(name), fail),
      pauseConnector(env, request(name), fail),
      pauseConnector(env, request(name), fail),
    ])
    expect(outcomes.toSorted()).toEqual(['kept', 'kept', 'paused'])
    expect(await paused(name)).toEqual([{ kind: 'connector', id: name }])
    const [row, ...more] = await audits(name)
    expect(row).toMatchObject({
      action: 'connector.paused',
      actorKind: 'system',
      actorId: 'execution',
      door: 'system',
      reason: 'every call has failed for days',
      before: '{"paused":false}',
      after: '{"paused":true}',
    })
    expect(more).toEqual([])
  })

  it('is not written where the connector was resumed meanwhile, or is gone', async ({ expect }) => {
    const { name } = await stack({ connector: { resumedAt: NOW - 1 } })
    const isDue = (resumedAt: number | null) => resumedAt !== NOW - 1
    expect(await pauseConnector(env, request(name, { isDue }), fail)).toBe('kept')
    expect(await pauseConnector(env, request('gone'), fail)).toBe('kept')
    expect([await paused(name), await paused('gone'), await audits(name)]).toEqual([[], [], []])
  })
})
