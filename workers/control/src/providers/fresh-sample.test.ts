import { findSenderNotes } from '@orchestrator/shared/verification/presets/guides'
import { PRESETS } from '@orchestrator/shared/verification/presets/index'
import { describe, it } from 'vitest'
import { freshSample } from './fresh-sample.ts'

describe('a fresh sample', () => {
  it('is JSON where the sample is, and differs from the one before', async ({ expect }) => {
    const same: string[] = []
    for (const preset of PRESETS) {
      const sample = findSenderNotes(preset.id)?.sample
      if (!sample) continue
      const [one, other] = await Promise.all([1, 2].map(() => freshSample(preset, preset.dedupe, sample)))
      if (/^\s*[{[]/.test(sample.body)) JSON.parse(one?.body ?? '')
      if (JSON.stringify(one) === JSON.stringify(other)) same.push(preset.id)
    }
    // Forms, XML and empty bodies whose sender gives no id of its own.
    expect(same.length, same.join()).toBeLessThan(PRESETS.length / 5)
  })

  it('keeps the kind of its id, in every place where it stands', async ({ expect }) => {
    const preset = (path: string) => ({ ...PRESETS[0]!, eventId: { kind: 'body' as const, path } })
    const sample = (id: string) => ({
      contentType: 'application/json',
      body: `{"id":"${id}","self":"/events/${id}"}`,
      headers: { 'x-id': id },
      query: `id=${id}`,
    })
    for (const [id, kind] of [
      ['0f8fad5b-d9cb-469f-a165-70867728950e', /^[0-9a-f-]{36}$/],
      ['123456789', /^1\d{8}$/],
      ['evt_test', /^evt_test_[0-9a-f]{8}$/],
    ] as const) {
      const fresh = await freshSample(preset('id'), { by: 'id' }, sample(id))
      const { id: renewed, self } = JSON.parse(fresh.body) as { id: string; self: string }
      expect(renewed).toMatch(kind)
      expect(renewed).not.toBe(id)
      expect([self, fresh.headers['x-id'], fresh.query]).toEqual([`/events/${renewed}`, renewed, `id=${renewed}`])
    }
  })

  it('is marked where the body counts', async ({ expect }) => {
    const preset = { ...PRESETS[0]!, eventId: null }
    const body = async (text: string) =>
      (await freshSample(preset, { by: 'body' }, { contentType: 'x', headers: {}, body: text })).body
    expect(JSON.parse(await body('{"a":{}}\n'))).toEqual({ a: {}, orchestrator_test: expect.any(String) as string })
    for (const text of ['{}', '[{"a":1}]', 'a=b', '']) expect(await body(text)).toBe(text)
  })
})
