import { exports } from 'cloudflare:workers'
import { deadJobRow, deadLetterRow, insertRows, jobRow, testId } from '@orchestrator/shared/testing/data-rows'
import { beforeAll, describe, it } from 'vitest'
import { answer, ask, bindings, bindPeople, emailOf, publishTestConfig } from '../testing/harness.ts'
import { tokenFor } from '../testing/tokens.ts'

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})

async function deadJob(): Promise<string> {
  const job = deadJobRow({ id: testId('job', 0) })
  await insertRows(bindings.DATA_00, 'jobs', job)
  await insertRows(bindings.DATA_00, 'dead_letters', deadLetterRow(job))
  return job.id
}

describe('a replay', () => {
  it('needs a reason that a person can read', async ({ expect }) => {
    const id = await deadJob()
    for (const reason of ['​', '…', 'back\u0000up', 'ok ‮evil']) {
      const response = await ask(`/v1/dead-letters/${id}.1/replay`, { as: 'operator', method: 'POST', body: { reason } })
      expect(response.status, JSON.stringify(reason)).toBe(400)
    }
    const nothing = await ask(`/v1/dead-letters/${id}.1/replay`, { as: 'operator', method: 'POST' })
    expect(nothing.status).toBe(400)
  })

  it('knows a dead letter by one id only', async ({ expect }) => {
    const id = await deadJob()
    for (const other of [`${id}.01`, `${id}.0`, `${id}.1.`]) {
      const response = await ask(`/v1/dead-letters/${other}/replay`, { as: 'operator', method: 'POST', body: { reason: 'r' } })
      expect(response.status, other).toBe(404)
    }
  })
})

describe('a cursor', () => {
  it('is refused by a list of another kind', async ({ expect }) => {
    await insertRows(bindings.DATA_00, 'jobs', jobRow({ id: testId('job', 0) }), jobRow({ id: testId('job', 0) }))
    const { nextCursor } = await answer<{ nextCursor: string }>(ask('/v1/jobs?limit=1', { as: 'viewer' }))
    expect((await ask(`/v1/jobs?cursor=${nextCursor}`, { as: 'viewer' })).status).toBe(200)
    expect((await ask(`/v1/inbox?cursor=${nextCursor}`, { as: 'viewer' })).status).toBe(400)
  })
})

describe('the break-glass hosts', () => {
  it('open nothing with an ordinary token', async ({ expect }) => {
    const worker = (exports as unknown as { default: Fetcher }).default
    const headers = { 'cf-access-jwt-assertion': await tokenFor(emailOf('admin')) }
    for (const host of ['breakglass', 'emergency']) {
      const response = await worker.fetch(`http://${host}.example.com/v1/jobs`, { headers })
      expect(response.status, host).toBe(404)
      expect((await worker.fetch(`http://${host}.example.com/livez`)).status).toBe(200)
    }
  })
})
