import { createHash } from 'node:crypto'
import { describe, it } from 'vitest'
import type { EventSource } from '../verification/event-facts.ts'
import { dedupeKeys } from './dedupe-keys.ts'

const EMPTY = createHash('sha256').digest('hex')

function source(given: Partial<EventSource> = {}): EventSource {
  return {
    body: { json: undefined, form: undefined, text: undefined },
    headers: new Headers(),
    url: 'https://in.example/x',
    ...given,
  }
}

describe('the keys under which an event counts as seen', () => {
  it('are the id and the signed facts, where the id is not signed', ({ expect }) => {
    const rule = { by: 'id-and-fields' as const, fields: [{ kind: 'claim' as const, name: 'token' }] }
    expect(dedupeKeys(rule, 'e1', source({ claims: { token: 't' } }), () => 'aa')).toEqual(['id:e1', 'fields:["t"]'])
    expect(dedupeKeys(rule, null, source({ claims: { token: 't' } }), () => 'aa')).toEqual(['fields:["t"]'])
    expect(dedupeKeys(rule, 'e1', source(), () => 'aa')).toEqual(['id:e1', 'sha256:aa'])
  })

  it('are of the address where there is no body, since all events by GET have the same', ({ expect }) => {
    const keys = (url: string) => dedupeKeys({ by: 'body' }, null, source({ url }), () => EMPTY)
    expect(keys('https://in.example/x?record=1')).toEqual(keys('https://in.example/x?record=1'))
    expect(keys('https://in.example/x?record=1')).not.toEqual(keys('https://in.example/x?record=2'))
    expect(keys('https://in.example/x')).toEqual([expect.stringMatching(/^url:[0-9a-f]{64}$/)])
  })
})
