import { describe, it } from 'vitest'
import { deadLetterId, idFloor, isId, logId, newId, parseDeadLetterId, parseLogId, shardOf } from './ids.ts'

const NOW = Date.UTC(2026, 10, 23)

describe('ids', () => {
  it('name the shard that holds the row', ({ expect }) => {
    const id = newId('job', 7, NOW, () => 0.5)
    expect(id).toMatch(/^job_07[0-9A-HJKMNP-TV-Z]{26}$/)
    expect(shardOf(id)).toBe(7)
    expect(isId('job', id)).toBe(true)
    expect(isId('whk', id)).toBe(false)
  })

  it('sort by the time of minting', ({ expect }) => {
    const ids = [3, 1, 2].map((ms) => newId('whk', 0, NOW + ms, Math.random))
    expect(ids.toSorted()).toEqual([ids[1], ids[2], ids[0]])
  })

  it('of a time sort after its floor, and those of earlier times before it', ({ expect }) => {
    const floor = idFloor('job', 3, NOW)
    expect(newId('job', 3, NOW, () => 0) > floor).toBe(true)
    expect(newId('job', 3, NOW - 1, () => 0.999999) < floor).toBe(true)
    expect(idFloor('job', 3, -1)).toBe('job_030000000000')
  })

  it('are not found in text that is not an id', ({ expect }) => {
    for (const text of [
      '',
      'job_',
      'job_00short',
      "job_00' OR 1=1 --",
      'job_0001ARZ3NDEKTSV4RRFFQ69G5FAVX',
      'dog_0001ARZ3NDEKTSV4RRFFQ69G5FAV',
    ]) {
      expect(shardOf(text), text).toBeUndefined()
    }
  })

  it('of the log take themselves apart again', ({ expect }) => {
    expect(parseLogId(logId('att', 0, 42))).toEqual({ kind: 'att', shard: 0, seq: 42, index: 0 })
    expect(parseLogId(logId('evt', 12, 42, 3))).toEqual({ kind: 'evt', shard: 12, seq: 42, index: 3 })
    for (const text of ['evt_0.1', 'evt_00.', 'evt_00.1.x', 'job_00.1']) expect(parseLogId(text), text).toBeUndefined()
  })

  it('of dead letters name the job and its generation', ({ expect }) => {
    const jobId = newId('job', 1, NOW, () => 0.1)
    expect(parseDeadLetterId(deadLetterId(jobId, 2))).toEqual({ jobId, generation: 2 })
    for (const id of [jobId, `${jobId}.01`, `${jobId}.0`, `${jobId}.1.`]) expect(parseDeadLetterId(id), id).toBeUndefined()
  })
})
