import { describe, it } from 'vitest'
import { utf8 } from '../core/bytes.ts'
import { parseBody } from '../verification/parsed-body.ts'
import { bodyView, eventView } from './event-view.ts'
import { redactHeaders } from './redact-headers.ts'
import { redactQuery } from './redact-query.ts'

const viewOf = async (contentType: string, body: string | Uint8Array<ArrayBuffer>) =>
  bodyView(await parseBody(contentType, typeof body === 'string' ? utf8(body) : body))

describe('the view of a body', () => {
  it('is the JSON value, whatever it is called', async ({ expect }) => {
    expect(await viewOf('application/json', '{"a":[1]}')).toEqual({ a: [1] })
    expect(await viewOf('text/plain', 'null')).toBeNull()
  })

  it('is the fields of a form; a name that comes twice has both values', async ({ expect }) => {
    const form = 'a=1&b=%C5%81+x&a=2&__proto__=p'
    const view = await viewOf('application/x-www-form-urlencoded; charset=utf-8', form)
    expect(JSON.stringify(view)).toBe('{"a":["1","2"],"b":"Ł x","__proto__":"p"}')
  })

  it('is the fields of a multipart body that are no files', async ({ expect }) => {
    const part = (name: string, value: string) => `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    const view = await viewOf(
      'multipart/form-data; boundary=B',
      `${part('event', 'sent')}${part('f"; filename="x', 'y')}--B--\r\n`,
    )
    expect(view).toEqual({ event: 'sent' })
  })

  it('is text, or null where it is neither', async ({ expect }) => {
    expect(await viewOf('text/plain', 'hello')).toBe('hello')
    expect(await viewOf('application/json', '')).toBe('')
    expect(await viewOf('application/octet-stream', new Uint8Array([0xff, 0xfe]))).toBeNull()
  })
})

describe('the view of an event', () => {
  it('has no header and no parameter that proves an identity', async ({ expect }) => {
    const headers = new Headers({ 'X-Event': 'e', 'X-Signature-256': 's', Authorization: 'Bearer x', 'X-Proof': 'p' })
    const view = eventView({
      provider: 'p',
      eventId: null,
      type: null,
      body: undefined,
      headers: redactHeaders(headers, ['x-proof']),
      path: '/webhooks/p',
      query: redactQuery('?tenant=a%20b&token=t&proof=x&tag=1&tag=2&flag', ['proof']),
    })
    expect(view).toEqual({
      provider: 'p',
      id: null,
      type: null,
      body: undefined,
      headers: { 'x-event': 'e' },
      query: { tenant: 'a b', tag: ['1', '2'], flag: '' },
      path: '/webhooks/p',
    })
  })

  it('keeps the query as it came but for those parameters', ({ expect }) => {
    expect(redactQuery('?b=%2F&a=+1&API%5Fkey=x&&=y')).toBe('b=%2F&a=+1&=y')
    expect(redactQuery('')).toBe('')
  })
})
