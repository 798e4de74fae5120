import { sha256Hex } from '@orchestrator/shared/core/bytes'
import { AwsV4Signer } from 'aws4fetch'
import type { Auth, Credentials, UnsignedRequest } from './types.ts'

/**
 * Signs a request with AWS Signature Version 4
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). `now` in ms.
 */
export async function awsCredentials(
  auth: Auth<'awsSigV4'>,
  keys: { secretAccessKey: string; sessionToken: string | undefined },
  { method, url, headers, body }: UnsignedRequest,
  now: number,
): Promise<Credentials> {
  const { accessKeyId, region, service } = auth
  const { secretAccessKey, sessionToken } = keys
  const signed = new Headers(headers)
  // S3 wants the hash of the body in a header; the library would leave the body unsigned.
  if (service === 's3') signed.set('x-amz-content-sha256', await sha256Hex(body ?? ''))
  const signer = new AwsV4Signer({
    method,
    url,
    headers: signed,
    body,
    accessKeyId,
    secretAccessKey,
    region,
    service,
    datetime: new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, ''),
    ...(sessionToken === undefined ? {} : { sessionToken }),
  })
  const answer = await signer.sign()
  const added = [...answer.headers].filter(([name, value]) => headers.get(name) !== value)
  const signature = /Signature=(\w+)/.exec(answer.headers.get('authorization') ?? '')?.[1]
  const confidential = [secretAccessKey, sessionToken, signature].filter((one) => one !== undefined)
  return { headers: Object.fromEntries(added), confidential }
}
