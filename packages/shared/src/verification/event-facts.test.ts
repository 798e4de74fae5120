import { describe, it } from 'vitest'
import { factSource, type FactSource } from '../contracts/fact.ts'
import { utf8 } from '../core/bytes.ts'
import { type EventSource, readEventFacts, readFact } from './event-facts.ts'
import { parseBody } from './parsed-body.ts'
import { preset as stripe } from './presets/stripe.ts'

const ADDRESS = 'https://ingress.example.test/webhooks/sender?CallSid=CA1&empty='

async function sourceOf(body: string, given: Partial<EventSource> & { contentType?: string } = {}): Promise<EventSource> {
  const { contentType = 'application/json', ...more } = given
  return { body: await parseBody(contentType, utf8(body)), headers: new Headers(), url: ADDRESS, ...more }
}

async function read(fact: FactSource, ...source: Parameters<typeof sourceOf>) {
  return readFact(factSource.parse(fact), await sourceOf(...source))
}

describe('facts of an event', () => {
  it('are taken from a path of the body and from a header', async ({ expect }) => {
    const where = { eventId: { kind: 'header', name: 'x-delivery' }, eventType: { kind: 'body', path: 'a.0.b' } } as const
    const source = await sourceOf('{"a":[{"b":7}]}', { headers: new Headers({ 'X-Delivery': 'd-1' }) })
    expect(readEventFacts(where, source)).toEqual({ eventId: 'd-1', type: '7' })
    expect(readEventFacts({ eventId: null, eventType: null }, source)).toEqual({ eventId: null, type: null })
  })

  it('are not found in what is no object, no text, empty, inherited or far too long', async ({ expect }) => {
    const bodies = ['', 'null', '"id"', '[]', '{', '{"id":"","type":{}}', `{"id":"${'x'.repeat(256)}","type":[]}`, '{"id":null}']
    for (const body of bodies) {
      expect(readEventFacts(stripe, await sourceOf(body)), body).toEqual({ eventId: null, type: null })
    }
    expect(await read({ kind: 'body', path: 'constructor.name' }, '{}')).toBeNull()
    expect(await read({ kind: 'body', path: 'list.length' }, '{"list":"text"}')).toBeNull()
  })

  it('may be numbers and truth values, and 64-bit integers keep every digit', async ({ expect }) => {
    const id = { kind: 'body', path: 'data.id' } as const
    expect(await read(id, '{"data":{"id":true}}')).toBe('true')
    expect(await read(id, '{"data":{"id":12.5}}')).toBe('12.5')
    expect(await read(id, '{"data":{"id":9007199254740991}}')).toBe('9007199254740991')
    expect(await read(id, '{"data":{"id":9007199254740993}}')).toBe('9007199254740993')
    expect(await read(id, '{"data":{"id":-18446744073709551615}}')).toBe('-18446744073709551615')
    expect(await read(id, '{"other":9007199254740993,"data":{"id":9007199254740995}}')).toBe('9007199254740995')
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    expect(await read(id, `{"data":{"id":9007199254740995},"deep":${deep}}`)).toBeNull()
  })

  it('translate codes by their names; a code without a name stays, and an empty name is no fact', async ({ expect }) => {
    const type = { kind: 'body', path: 'type', names: { '0': '', '1': 'PING', '2': 'COMMAND' } } as const
    expect(await read(type, '{"type":1}')).toBe('PING')
    expect(await read(type, '{"type":9}')).toBe('9')
    expect(await read(type, '{"type":0}')).toBeNull()
    expect(await read(type, '{"type":"constructor"}')).toBe('constructor')
    const header = { kind: 'header', name: 'x-kind', names: { a: 'alpha' } } as const
    expect(await read(header, '', { headers: new Headers({ 'x-kind': 'a' }) })).toBe('alpha')
  })

  it('come from the query, and from fields of a form, JSON within them too', async ({ expect }) => {
    expect(await read({ kind: 'query', name: 'CallSid' }, '')).toBe('CA1')
    expect(await read({ kind: 'query', name: 'empty' }, '')).toBeNull()
    const form = { contentType: 'application/x-www-form-urlencoded; charset=utf-8' }
    expect(await read({ kind: 'form', name: 'Sid' }, 'Sid=SM+1&Sid=SM2', form)).toBe('SM 1')
    expect(await read({ kind: 'form', name: 'json', path: 'event.type' }, 'json={"event":{"type":"sent"}}', form)).toBe('sent')
    expect(await read({ kind: 'form', name: 'json', path: 'event.type' }, 'json={', form)).toBeNull()
    expect(await read({ kind: 'form', name: 'Sid' }, '{"Sid":"SM1"}')).toBeNull()
  })

  it('come from the first key that is no exception, from claims, and from the preset itself', async ({ expect }) => {
    const key: FactSource = { kind: 'key', except: ['update_id'] }
    expect(await read(key, '{"update_id":1,"message":{},"other":1}')).toBe('message')
    expect(await read(key, '{"update_id":1}')).toBeNull()
    expect(await read(key, '["message"]')).toBeNull()
    expect(await read({ kind: 'claim', name: 'jti' }, '', { claims: { jti: 'j-1' } })).toBe('j-1')
    expect(await read({ kind: 'claim', name: 'jti' }, '')).toBeNull()
    expect(await read({ kind: 'constant', value: 'event' }, '')).toBe('event')
  })

  it('join only when every part is there and the whole is no longer than a fact may be', async ({ expect }) => {
    const of = [
      { kind: 'body', path: 'a' },
      { kind: 'body', path: 'b' },
    ] as const
    const joined: FactSource = { kind: 'join', separator: '.', of: [...of] }
    expect(await read(joined, '{"a":"issue","b":"created"}')).toBe('issue.created')
    expect(await read(joined, '{"a":"issue"}')).toBeNull()
    expect(await read(joined, JSON.stringify({ a: 'x'.repeat(200), b: 'y'.repeat(55) }))).toBeNull()
  })

  it('are the first of several that is there', async ({ expect }) => {
    const first: FactSource = {
      kind: 'first',
      of: [
        { kind: 'body', path: 'a' },
        {
          kind: 'join',
          separator: ':',
          of: [
            { kind: 'body', path: 'b' },
            { kind: 'query', name: 'CallSid' },
          ],
        },
        { kind: 'constant', value: 'none' },
      ],
    }
    expect(await read(first, '{"a":"1","b":"2"}')).toBe('1')
    expect(await read(first, '{"a":"","b":"2"}')).toBe('2:CA1')
    expect(await read(first, '{}')).toBe('none')
  })
})
