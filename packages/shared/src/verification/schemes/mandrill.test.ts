import { describe, it } from 'vitest'
import { utf8 } from '../../core/bytes.ts'
import { outcome, signed } from '../../testing/verify-signed.ts'
import { preset, sample } from '../presets/mandrill.ts'

const KEY = 'mandrill webhook key'
const { contentType, body } = sample
const post = () => signed(preset, body, [KEY], { contentType, headers: { 'content-type': contentType } })

describe('Mandrill’s signature', () => {
  it('covers the address and every field', async ({ expect }) => {
    const request = await post()
    expect(await outcome(preset, request, [KEY])).toBe('accepted')
    expect(await outcome(preset, { ...request, url: `${request.url}/` }, [KEY])).toBe('no_match')
    expect(await outcome(preset, { ...request, rawBody: utf8(`${body}&x=1`) }, [KEY])).toBe('no_match')
    expect(await outcome(preset, { ...request, rawBody: utf8(body.replace('open', 'send')) }, [KEY])).toBe('no_match')
    expect(await outcome(preset, request, ['test-webhook'])).toBe('no_match')
  })

  it('is no proof of a field that is there twice, nor of another kind of body', async ({ expect }) => {
    const request = await post()
    expect(await outcome(preset, { ...request, rawBody: utf8(`${body}&${body}`) }, [KEY])).toBe('malformed_body')
    const headers = { ...request.headers, 'content-type': 'application/json' }
    expect(await outcome(preset, { ...request, headers }, [KEY])).toBe('malformed_body')
    const { 'x-mandrill-signature': _, ...bare } = request.headers
    expect(await outcome(preset, { ...request, headers: bare }, [KEY])).toBe('missing_header')
  })
})
