import { type ChangedQueue, changedQueue, queueList } from '@orchestrator/shared/contracts/pause-api'
import { readSnapshotFromDb } from '@orchestrator/shared/config/snapshot-store'
import { beforeAll, describe, it } from 'vitest'
import { auditLog, issuesOf, read, write } from '../testing/config.ts'
import { answer, bindings, bindPeople, publishTestConfig } from '../testing/harness.ts'

const operator = { as: 'operator' } as const

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})

const steer = (verb: 'pause' | 'resume', reason = 'too much at once') =>
  answer<ChangedQueue>(write('POST', `/v1/queues/low/${verb}`, { reason }, operator))
const paused = async () => queueList.parse(await read('/v1/queues')).items.filter((queue) => queue.paused)

describe('a queue', () => {
  it('is listed with what waits in it', async ({ expect }) => {
    const list = queueList.strict().parse(await read('/v1/queues'))
    expect(list.items.map(({ name }) => name)).toEqual(['webhook', 'critical', 'default', 'low'])
    expect(list.items[0]).toEqual({ name: 'webhook', etag: expect.any(String), paused: false, backlog: 0 })
  })

  it('is held and let go on by operators, who say why', async ({ expect }) => {
    const done = await steer('pause')
    expect(changedQueue.strict().parse(done)).toMatchObject({ name: 'low', paused: true })
    expect((await auditLog())[0]).toMatchObject({
      seq: done.auditSeq,
      action: 'queue.paused',
      target: 'queue:low',
      reason: 'too much at once',
      before: { paused: false },
      after: { paused: true },
    })
    expect(await paused()).toMatchObject([{ name: 'low' }])
    expect((await readSnapshotFromDb(bindings.CONTROL_DB))?.pauses).toEqual([{ kind: 'queue', id: 'low' }])
    expect(await steer('pause')).toMatchObject({ paused: true, auditSeq: null, configRevision: done.configRevision })
    expect(await steer('resume', 'calm again')).toMatchObject({ paused: false })
    expect((await auditLog())[0]).toMatchObject({ action: 'queue.resumed', reason: 'calm again' })
    expect(await steer('resume')).toMatchObject({ auditSeq: null })
    expect(await paused()).toEqual([])
  })

  it('must be one of ours, and the reason be given', async ({ expect }) => {
    expect((await write('POST', '/v1/queues/fastest/pause', { reason: 'r' }, operator)).status).toBe(404)
    expect(Object.keys(await issuesOf(write('POST', '/v1/queues/low/pause', {}, operator)))).toEqual(['reason'])
    expect((await write('POST', '/v1/queues/low/pause', { reason: 'r' }, { as: 'viewer' })).status).toBe(403)
  })
})
