import { beforeAll, describe, it } from 'vitest'
import { livez, readyz, type Readyz } from '@orchestrator/shared/contracts/health'
import { overview, type Overview } from '@orchestrator/shared/contracts/control-api'
import { deadJobRow, deadLetterRow, insertRows, jobRow, testId } from '@orchestrator/shared/testing/data-rows'
import { answer, ask, bindings, bindPeople, publishTestConfig, setMode, withBrokenTable } from '../testing/harness.ts'

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})

const statusOf = (of: { name: string; status: string }[]) => Object.fromEntries(of.map((one) => [one.name, one.status]))
const EVERYTHING = ['CONTROL_DB', 'DATA_00', 'DATA_01', 'PAYLOADS', 'queues', 'ingress', 'execution']

describe('/livez and /readyz', () => {
  it('need no token', async ({ expect }) => {
    expect(livez.parse(await answer(ask('/livez')))).toMatchObject({ status: 'ok', worker: 'control' })
    const ready = await answer<Readyz>(ask('/readyz'))
    expect(readyz.parse(ready)).toEqual(ready)
    expect(ready.status).toBe('ready')
    expect(ready.dependencies.map((one) => one.name)).toEqual(EVERYTHING)
    expect(ready.dependencies.filter((one) => one.required).map((one) => one.name)).toEqual(['CONTROL_DB'])
  })

  it('stay ready without the neighbours, and say which one fails and how', async ({ expect }) => {
    await setMode('execution', 'hang')
    await setMode('ingress', 'throw')
    const startedAt = Date.now()
    const ready = await answer<Readyz>(ask('/readyz'))
    expect(Date.now() - startedAt).toBeLessThan(3_500)
    expect(ready.status).toBe('degraded')
    expect(statusOf(ready.dependencies)).toMatchObject({ CONTROL_DB: 'up', DATA_00: 'up', ingress: 'down', execution: 'down' })
    await setMode('execution', 'down')
    await setMode('ingress', 'up')
    const later = await answer<Readyz>(ask('/readyz'))
    expect(later.dependencies.find((one) => one.name === 'execution')).toMatchObject({ status: 'down', detail: 'answered 503' })
    await setMode('execution', 'up')
  })

  it('stay ready without a DATA database, and tell nothing of its error', async ({ expect }) => {
    await withBrokenTable(bindings.DATA_01, 'jobs', async () => {
      const ready = await answer<Readyz>(ask('/readyz'))
      expect(ready.status).toBe('degraded')
      expect(ready.dependencies.find((one) => one.name === 'DATA_01')).toMatchObject({ status: 'down', detail: 'failed' })
    })
  })

  it('answer 503 without CONTROL_DB', async ({ expect }) => {
    await withBrokenTable(bindings.CONTROL_DB, 'config_revisions', async () => {
      const ready = await answer<Readyz>(ask('/readyz'), 503)
      expect(ready.status).toBe('unavailable')
      expect((await ask('/livez')).status).toBe(200)
    })
  })
})

describe('the overview', () => {
  const read = () => answer<Overview>(ask('/v1/overview', { as: 'viewer' }))

  it('counts jobs that are not finished and open dead letters over all live shards', async ({ expect }) => {
    await insertRows(
      bindings.DATA_00,
      'jobs',
      jobRow({ id: testId('job', 0), createdAt: 5_000 }),
      jobRow({ id: testId('job', 0), state: 'retrying', createdAt: 4_000 }),
      jobRow({ id: testId('job', 0), state: 'succeeded', wakeAt: null, createdAt: 1 }),
    )
    await insertRows(bindings.DATA_01, 'jobs', jobRow({ id: testId('job', 1), state: 'running', createdAt: 2_000 }))
    const dead = deadJobRow()
    await insertRows(
      bindings.DATA_00,
      'dead_letters',
      deadLetterRow(dead),
      deadLetterRow(dead, { generation: 2, status: 'replayed' }),
    )
    const seen = await read()
    expect(overview.strict().parse(seen)).toEqual(seen)
    expect(seen.jobs).toEqual({ waiting: 2, running: 1, oldestWaitingAt: '1970-01-01T00:00:04.000Z' })
    expect(seen.deadLetters).toEqual({ open: 1, capped: false })
    expect(seen.queues.map((one) => one.queue)).toEqual(['webhook', 'critical', 'default', 'low'])
    expect(seen.queues.every((one) => typeof one.backlog === 'number')).toBe(true)
    expect(seen.components.map((one) => one.name)).toEqual(EVERYTHING)
    expect(seen.unavailable).toEqual([])
  })

  it('shows what is down, and leaves out only what cannot be read', async ({ expect }) => {
    await setMode('execution', 'hang')
    await withBrokenTable(bindings.DATA_01, 'dead_letters', async () => {
      const seen = await read()
      expect(statusOf(seen.components)).toMatchObject({ execution: 'down', ingress: 'up' })
      expect(seen.deadLetters).toBeNull()
      expect(seen.jobs).not.toBeNull()
      expect(seen.unavailable).toEqual(['deadLetters'])
    })
    await setMode('execution', 'up')
  })

  it('stops counting at a thousand', async ({ expect }) => {
    const dead = Array.from({ length: 1_005 }, () => deadLetterRow(deadJobRow({ id: testId('job', 0) })))
    await insertRows(bindings.DATA_00, 'dead_letters', ...dead)
    expect((await read()).deadLetters).toEqual({ open: 1_000, capped: true })
  })
})
