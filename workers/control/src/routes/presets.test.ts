import { type PresetDetail, presetDetail, type PresetSummary, presetSummary } from '@orchestrator/shared/contracts/sender-api'
import { PRESETS } from '@orchestrator/shared/verification/presets/index'
import { beforeAll, describe, it } from 'vitest'
import { answer, ask, bindPeople, publishTestConfig } from '../testing/harness.ts'
import { issuesOf, read, write } from '../testing/config.ts'

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})

describe('the presets', () => {
  it('are listed by title, all on one page', async ({ expect }) => {
    const { items, nextCursor } = await read<{ items: PresetSummary[]; nextCursor: null }>('/v1/presets')
    expect(nextCursor).toBeNull()
    expect(new Set(items.map(({ id }) => id))).toEqual(new Set(PRESETS.map(({ id }) => id)))
    for (const item of items) expect(presetSummary.strict().parse(item)).toEqual(item)
  })

  it('come one by one with all that an operator needs', async ({ expect }) => {
    const stripe = await read<PresetDetail>('/v1/presets/stripe')
    expect(presetDetail.strict().parse(stripe)).toEqual(stripe)
    expect(stripe).toMatchObject({ scheme: 'signature', needsSecret: true, bodyAuthenticated: true, dedupe: { by: 'id' } })
    expect(stripe.guide?.steps.length).toBeGreaterThan(0)
    expect((await ask('/v1/presets/unheard-of', { as: 'viewer' })).status).toBe(404)
  })

  it('that need settings or the registered address are refused without', async ({ expect }) => {
    let checked = 0
    for (const { id } of PRESETS) {
      const preset = await read<PresetDetail>(`/v1/presets/${id}`)
      const needed = preset.settings.filter(({ required }) => required).map(({ name }) => `settings.${name}`)
      if (preset.needsPublicUrl) needed.push('publicUrl')
      if (needed.length === 0) continue
      checked++
      const issues = await issuesOf(write('POST', '/v1/providers', { id: 'without', preset: id }))
      expect(Object.keys(issues).sort(), id).toEqual(needed.sort())
    }
    expect(checked).toBeGreaterThan(0)
  })

  it('can each be the start of a custom sender, where their scheme is data', async ({ expect }) => {
    const { preset } = await read<PresetDetail>('/v1/presets/stripe')
    const custom = { ...preset, id: 'custom', title: 'Like Stripe' }
    const created = await answer(write('POST', '/v1/providers', { id: 'like-stripe', preset: 'custom', custom }), 201)
    expect(created).toMatchObject({ title: 'Like Stripe', custom })
    const again = await read<object>('/v1/providers/like-stripe')
    expect(again).toMatchObject({ custom })
    await answer(write('PATCH', '/v1/providers/like-stripe', { custom: (again as { custom: object }).custom }))
  })
})
