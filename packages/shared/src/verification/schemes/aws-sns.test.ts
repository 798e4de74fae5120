import { describe, it } from 'vitest'
import { utf8 } from '../../core/bytes.ts'
import { privateKeyPem, rsaKeys, selfSignedCertificate } from '../../testing/self-signed-certificate.ts'
import { keyHost, outcome, signed, SIGNED_AT } from '../../testing/verify-signed.ts'
import { parseJson } from '../parsed-body.ts'
import { preset, sample } from '../presets/aws-sns.ts'
import type { SignedRequest } from '../types.ts'

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:orders'
const URL_OF_CERTIFICATE = 'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123abc.pem'

describe('a message of SNS', async () => {
  const keys = await rsaKeys()
  const options = { keys, commonName: 'sns.amazonaws.com', notBefore: SIGNED_AT - 86_400, notAfter: SIGNED_AT + 86_400 }
  const host = keyHost({ [URL_OF_CERTIFICATE]: await selfSignedCertificate(options) })
  const pem = await privateKeyPem(keys)
  const message = (changes: object = {}) => {
    const fields = { ...(JSON.parse(sample.body) as object), SigningCertURL: URL_OF_CERTIFICATE, ...changes }
    return signed(preset, JSON.stringify(fields), [TOPIC, pem])
  }
  const good = await message()
  const confirmation = {
    Type: 'SubscriptionConfirmation',
    Token: 't',
    SubscribeURL: 'https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription',
    Subject: undefined,
  }
  /** The same message with some fields set or, as `undefined`, taken out. The header follows the type. */
  const tampered = (request: SignedRequest, changes: Record<string, unknown>): SignedRequest => {
    const fields = { ...(parseJson(request.rawBody) as object), ...changes } as Record<string, unknown>
    const headers = { ...request.headers, 'x-amz-sns-message-type': String(fields['Type']) }
    return { ...request, headers, rawBody: utf8(JSON.stringify(fields)) }
  }

  it('is verified in both signature versions and all its types', async ({ expect }) => {
    expect(await outcome(preset, good, [TOPIC], host)).toBe('accepted')
    expect(await outcome(preset, await message({ SignatureVersion: '1' }), [TOPIC], host)).toBe('accepted')
    expect(await outcome(preset, await message({ Subject: undefined }), [TOPIC], host)).toBe('accepted')
    expect(await outcome(preset, await message({ Message: 'ünï\ncode 🎉' }), [TOPIC], host)).toBe('accepted')
    expect(await outcome(preset, await message(confirmation), [TOPIC], host)).toBe('accepted')
    expect(await outcome(preset, await message({ ...confirmation, Type: 'UnsubscribeConfirmation' }), [TOPIC], host)).toBe(
      'accepted',
    )
  })

  it('may spell the certificate’s field as Lambda does', async ({ expect }) => {
    const lambda = tampered(good, { SigningCertURL: undefined, SigningCertUrl: URL_OF_CERTIFICATE })
    expect(await outcome(preset, lambda, [TOPIC], host)).toBe('accepted')
  })

  it('is refused when any signed field is another', async ({ expect }) => {
    const changes = { Message: 'x', MessageId: 'x', Subject: 'x', Timestamp: new Date(SIGNED_AT * 1000 + 1).toISOString() }
    for (const [name, value] of Object.entries(changes)) {
      expect(await outcome(preset, tampered(good, { [name]: value }), [TOPIC], host), name).toBe('no_match')
    }
    expect(await outcome(preset, tampered(good, { SignatureVersion: '1' }), [TOPIC], host)).toBe('no_match')
    expect(await outcome(preset, tampered(good, { Subject: undefined }), [TOPIC], host)).toBe('no_match')
    expect(await outcome(preset, tampered(await message({ Subject: undefined }), { Subject: 'x' }), [TOPIC], host)).toBe(
      'no_match',
    )
    const subscribe = await message(confirmation)
    for (const name of ['Token', 'SubscribeURL']) {
      expect(await outcome(preset, tampered(subscribe, { [name]: 'https://169.254.169.254/' }), [TOPIC], host), name).toBe(
        'no_match',
      )
    }
    expect(await outcome(preset, tampered(subscribe, { Type: 'UnsubscribeConfirmation' }), [TOPIC], host)).toBe('no_match')
  })

  it('is refused where a field is missing, no text, or of an unknown kind', async ({ expect }) => {
    for (const name of [
      'Message',
      'MessageId',
      'Timestamp',
      'TopicArn',
      'Type',
      'Signature',
      'SignatureVersion',
      'SigningCertURL',
    ]) {
      for (const value of [undefined, null, 7, '']) {
        if (name === 'Message' && value === '') continue
        const reason = await outcome(preset, tampered(good, { [name]: value }), [TOPIC], host)
        expect(['malformed_body', 'no_match', 'wrong_claim', 'unknown_key'], `${name} ${String(value)}`).toContain(reason)
      }
    }
    for (const changes of [
      { Subject: null },
      { SignatureVersion: '3' },
      { SignatureVersion: 2 },
      { Type: 'toString' },
      { Timestamp: 'now' },
    ]) {
      expect(await outcome(preset, tampered(good, changes), [TOPIC], host)).toBe('malformed_body')
    }
    for (const body of ['', 'raw delivery', '[]', 'null', '"x"']) {
      expect(await outcome(preset, { ...good, rawBody: utf8(body) }, [TOPIC], host)).toBe('malformed_body')
    }
    expect(await outcome(preset, { ...good, rawBody: Uint8Array.of(0xff, 0x7b) }, [TOPIC], host)).toBe('malformed_body')
  })

  it('is refused when the header names another type, and taken without the header', async ({ expect }) => {
    const other = { ...good, headers: { 'x-amz-sns-message-type': 'SubscriptionConfirmation' } }
    expect(await outcome(preset, other, [TOPIC], host)).toBe('malformed_header')
    expect(await outcome(preset, { ...good, headers: {} }, [TOPIC], host)).toBe('accepted')
  })

  it('is refused from a topic that is not expected, though AWS signed it', async ({ expect }) => {
    expect(await outcome(preset, good, ['arn:aws:sns:eu-central-1:999999999999:orders'], host)).toBe('wrong_claim')
    expect(await outcome(preset, good, [], host)).toBe('unusable_secret')
    expect(await outcome(preset, good, ['arn:aws:sns:eu-central-1:123456789012:other', TOPIC], host)).toBe('accepted')
  })

  it('has its certificate fetched from SNS only', async ({ expect }) => {
    const asked: string[] = []
    const fetchKey = async ({ url }: { url: string }) => (asked.push(url), undefined)
    for (const url of [
      'http://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem',
      'https://evil.example/SimpleNotificationService-1.pem',
      'https://sns.us-east-1.amazonaws.com.evil.example/SimpleNotificationService-1.pem',
      'https://sns.us-east-1.amazonaws.com@evil.example/SimpleNotificationService-1.pem',
      'https://sns.us-east-1.amazonaws.com:8443/SimpleNotificationService-1.pem',
      'https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-1.pem',
      'https://s3.us-east-1.amazonaws.com/sns/1.pem',
      'https://sns.us-east-1.amazonaws.com.de/SimpleNotificationService-1.pem',
      'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem?x=.pem',
      'https://sns.us-east-1.amazonaws.com/?Action=1.pem',
      'https://sns.us-east-1.amazonaws.com/a/b.pem',
      'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.der',
    ]) {
      expect(await outcome(preset, tampered(good, { SigningCertURL: url }), [TOPIC], { fetchKey }), url).toBe('unknown_key')
    }
    expect(asked).toEqual([])
    for (const region of [
      'us-east-1.amazonaws.com',
      'us-gov-west-1.amazonaws.com',
      'cn-north-1.amazonaws.com.cn',
      'ap-southeast-3.amazonaws.com',
    ]) {
      const url = `https://sns.${region}/SimpleNotificationService-1.pem`
      expect(await outcome(preset, tampered(good, { SigningCertURL: url }), [TOPIC], { fetchKey }), url).toBe('key_unavailable')
    }
  })

  it('is refused under an expired certificate and under another key', async ({ expect }) => {
    const expired = await selfSignedCertificate({ ...options, notAfter: SIGNED_AT - 1 })
    expect(await outcome(preset, good, [TOPIC], { fetchKey: async () => expired })).toBe('unknown_key')
    const other = await selfSignedCertificate({ ...options, keys: await rsaKeys() })
    expect(await outcome(preset, good, [TOPIC], { fetchKey: async () => other })).toBe('no_match')
  })

  it('is taken for an hour, as long as SNS sends it again', async ({ expect }) => {
    const at = (seconds: number) => outcome(preset, good, [TOPIC], { ...host, now: (SIGNED_AT + seconds) * 1000 })
    expect(await at(3_600)).toBe('accepted')
    expect(await at(3_601)).toBe('timestamp_too_old')
    expect(await at(-301)).toBe('timestamp_in_future')
  })

  it('says what signing misses', async ({ expect }) => {
    await expect(signed(preset, sample.body, [TOPIC])).rejects.toThrow('private key')
    await expect(signed(preset, 'no json', [TOPIC, pem])).rejects.toThrow('JSON')
    await expect(signed(preset, '{"Type":"Notification"}', [TOPIC, pem])).rejects.toThrow('lacks a field')
  })
})
