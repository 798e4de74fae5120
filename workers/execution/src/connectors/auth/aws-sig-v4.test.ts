import { describe, it } from 'vitest'
import { httpBench } from '../../testing/http-bench.ts'
import { awsCredentials } from './aws-sig-v4.ts'

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-signing.html, the suite that AWS publishes for signers. */
const auth = {
  kind: 'awsSigV4' as const,
  accessKeyId: 'AKIDEXAMPLE',
  secret: 'aws',
  sessionToken: null as string | null,
  region: 'us-east-1',
  service: 'service',
}
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const AT = Date.UTC(2015, 7, 30, 12, 36, 0)
const keys = { secretAccessKey: SECRET, sessionToken: undefined as string | undefined }

describe('AWS Signature Version 4', () => {
  const vectors: [name: string, request: { method: string; url: string }, signature: string][] = [
    [
      'get-vanilla',
      { method: 'GET', url: 'https://example.amazonaws.com/' },
      '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    ],
    [
      'post-vanilla',
      { method: 'POST', url: 'https://example.amazonaws.com/' },
      '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    ],
    [
      'get-vanilla-query-order-key-case',
      { method: 'GET', url: 'https://example.amazonaws.com/?Param2=value2&Param1=value1' },
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
  ]
  for (const [name, request, signature] of vectors) {
    it(`signs as the published test ${name} says`, async ({ expect }) => {
      const { headers } = await awsCredentials(auth, keys, { ...request, headers: new Headers(), body: null }, AT)
      expect(headers['x-amz-date']).toBe('20150830T123600Z')
      expect(headers.authorization).toBe(
        `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
      )
    })
  }

  it('is on the call, with the session token, and in no record', async ({ expect }) => {
    const { call, sent } = httpBench(({ headers }) => new Response(`${headers.get('authorization')} ${SECRET} session-token-1`), {
      secrets: { aws: [SECRET], session: ['session-token-1'] },
    })
    const result = await call({ connector: { auth: { ...auth, sessionToken: 'session' } } })
    const authorization = sent[0]?.headers.get('authorization') ?? ''
    expect(authorization).toContain(
      'SignedHeaders=accept;host;idempotency-key;traceparent;x-amz-date;x-amz-security-token;x-team,',
    )
    expect(sent[0]?.headers.get('x-amz-security-token')).toBe('session-token-1')
    expect(sent[0]?.headers.get('x-team')).toBe('growth')
    for (const secret of [SECRET, 'session-token-1', /Signature=(\w+)/.exec(authorization)?.[1] ?? 'none']) {
      expect(JSON.stringify(result)).not.toContain(secret)
    }
  })

  it('covers the body for S3 too', async ({ expect }) => {
    const { call, sent } = httpBench(() => new Response(), { secrets: { aws: [SECRET] } })
    await call({ connector: { auth: { ...auth, service: 's3' } } })
    expect(sent[0]?.headers.get('x-amz-content-sha256')).toMatch(/^[0-9a-f]{64}$/)
  })

  it('is not made without one of its secrets', async ({ expect }) => {
    const incomplete: Record<string, string[]>[] = [{ aws: [SECRET] }, { session: ['x'] }]
    for (const secrets of incomplete) {
      const { call, sent } = httpBench(() => new Response(), { secrets })
      expect((await call({ connector: { auth: { ...auth, sessionToken: 'session' } } })).end.kind).toBe('config')
      expect(sent).toEqual([])
    }
  })
})
