import { describe, it } from 'vitest'
import { spellings } from './spellings.ts'

const SECRET = 'hunter2-"quoted"/+&é'
const clean = (text: string, secrets: readonly string[] = [SECRET]) =>
  spellings(secrets).reduce((rest, one) => rest.replaceAll(one, '*'), text)

describe('the spellings of a secret', () => {
  it.for([
    ['as it is', `a ${SECRET} b`],
    ['in JSON', JSON.stringify({ secret: SECRET })],
    ['in a JSON text inside JSON', JSON.stringify({ body: JSON.stringify({ secret: SECRET }) })],
    ['in an address', `https://x.example/${encodeURIComponent(SECRET)}`],
    ['in a form', new URLSearchParams({ secret: SECRET }).toString()],
    ['in hex', Buffer.from(SECRET).toString('hex')],
    ['in capital hex', Buffer.from(SECRET).toString('hex').toUpperCase()],
  ])('are found %s', ([, text], { expect }) => {
    expect(clean(text)).not.toBe(text)
    expect(clean(text)).not.toContain('hunter')
    expect(clean(text)).not.toContain(Buffer.from('hunter').toString('hex'))
  })

  it('are found in base64 wherever they begin in it, with what contains them', ({ expect }) => {
    for (const before of ['', 'a', 'ab', 'abc', 'user:']) {
      for (const encoding of ['base64', 'base64url'] as const) {
        const text = clean(Buffer.from(`${before}${SECRET}, and more`).toString(encoding), [SECRET, `user:${SECRET}`])
        expect(Buffer.from(text.replaceAll('*', ''), encoding).toString('latin1'), `${before} ${encoding}`).not.toMatch(
          /hunt|nter|quot/,
        )
      }
    }
  })

  it('leave short texts alone, which would be found everywhere', ({ expect }) => {
    expect(spellings(['', 'abc'])).toEqual([])
    expect(spellings(['abcd'])).toEqual(['61626364', 'abcd'])
  })
})
