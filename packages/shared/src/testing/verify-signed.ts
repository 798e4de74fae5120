import type { Preset } from '../contracts/preset.ts'
import { sign } from '../verification/sign.ts'
import type { FetchKey, KeyRequest, SignedRequest, SignInput } from '../verification/types.ts'
import { verify, type VerifyInput } from '../verification/verify.ts'
import { utf8 } from '../core/bytes.ts'

/** The moment at which tests sign, seconds since the epoch. */
export const SIGNED_AT = 1_760_000_000
export const ADDRESS = 'https://ingress.example.test/webhooks/sender'

/** Signs a body as its sender would. */
export function signed(
  preset: Preset,
  body: string,
  secrets: readonly string[],
  more: Partial<SignInput> = {},
): Promise<SignedRequest> {
  const base = { method: 'POST', url: ADDRESS, rawBody: utf8(body), contentType: 'application/json', headers: {} }
  return sign({ preset, ...base, secrets, settings: {}, timestamp: SIGNED_AT, ...more })
}

/** The outcome of a verification: `accepted`, or the reason of its refusal. */
export async function outcome(
  preset: Preset,
  request: SignedRequest,
  secrets: readonly string[],
  more: Partial<VerifyInput> = {},
) {
  const verdict = await verify({
    preset,
    method: 'POST',
    url: request.url,
    headers: new Headers(request.headers),
    rawBody: request.rawBody,
    secrets: secrets.map((secret, i) => ({ label: i === 0 ? 'current' : 'previous', secret })),
    settings: {},
    now: SIGNED_AT * 1000,
    fetchKey: async () => undefined,
    ...more,
  })
  return verdict.ok ? 'accepted' : verdict.error
}

/** A sender's host that answers by address, and remembers what it was asked. */
export function keyHost(answers: Readonly<Record<string, string | null>>): { fetchKey: FetchKey; asked: KeyRequest[] } {
  const asked: KeyRequest[] = []
  const fetchKey: FetchKey = async (request) => {
    asked.push(request)
    return answers[request.url]
  }
  return { fetchKey, asked }
}
