import { describe, it } from 'vitest'
import { componentName, consequenceOf, downComponents, partName } from './health.ts'

describe('a component that is down', () => {
  it('is found among those that are up', ({ expect }) => {
    const up = { name: 'ingress', status: 'up', latencyMs: 1, detail: null } as const
    const down = { name: 'execution', status: 'down', latencyMs: 1_000, detail: 'answered 503' } as const
    expect(downComponents({ components: [up, down] })).toEqual([down])
  })

  it('says what goes on without it', ({ expect }) => {
    expect(consequenceOf({ name: 'execution' })).toContain('still accepted')
    expect(consequenceOf({ name: 'CONTROL_DB' })).toContain('last configuration')
    expect(consequenceOf({ name: 'DATA_01' })).toContain('fallback')
    expect(consequenceOf({ name: 'something new' })).toBe('Everything else goes on.')
  })
})

describe('names', () => {
  it('of Workers read as words, those of bindings stay as they are', ({ expect }) => {
    expect(['execution', 'webhook-dlq', 'CONTROL_DB'].map(componentName)).toEqual(['Execution', 'Webhook dlq', 'CONTROL_DB'])
  })

  it('of parts that could not be read are words too', ({ expect }) => {
    expect(['jobs', 'deadLetters', 'queues.low'].map(partName)).toEqual([
      'the number of jobs',
      'the number of dead letters',
      'the backlog of low',
    ])
  })
})
