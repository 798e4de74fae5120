import type { Provider } from '@orchestrator/shared/contracts/config'
import type { Preset } from '@orchestrator/shared/contracts/preset'
import type { TestRequest } from '@orchestrator/shared/contracts/sender-api'
import type { SampleEvent } from '@orchestrator/shared/contracts/sender-guide'
import { utf8 } from '@orchestrator/shared/core/bytes'
import { AppError, errorMessage } from '@orchestrator/shared/core/errors'
import { findSenderNotes } from '@orchestrator/shared/verification/presets/guides'
import { sign } from '@orchestrator/shared/verification/sign'
import type { SignedRequest, SigningSecret } from '@orchestrator/shared/verification/types'
import { needsOf } from './check.ts'
import { freshSample } from './fresh-sample.ts'
import { hideSecrets } from './hide-secrets.ts'
import { addressOf } from './pasted-request.ts'

/** What a custom sender might say. */
const CUSTOM_SAMPLE: SampleEvent = { contentType: 'application/json', body: '{"test":true}', headers: {} }

export interface SignedEvent extends SignedRequest {
  method: string
}

/** The preset's sample with what was given in its place, as its sender would sign it. @throws AppError 422 when that cannot be done. */
export async function signTestEvent(
  provider: Provider,
  preset: Preset,
  secrets: readonly SigningSecret[],
  { sample, privateKey }: TestRequest,
  nowSeconds: number,
): Promise<SignedEvent> {
  const notes = provider.custom ? undefined : findSenderNotes(preset.id)
  const fresh = await freshSample(preset, provider.dedupe ?? preset.dedupe, notes?.sample ?? CUSTOM_SAMPLE)
  const given: SampleEvent = { ...fresh, ...withoutUndefined(sample) }
  const keys = signingKeys(provider, preset, secrets, privateKey)
  const [method = 'POST'] = preset.methods
  const input = {
    method,
    url: withQuery(addressOf(provider), given.query),
    rawBody: utf8(given.body),
    contentType: given.contentType,
    headers: given.headers,
    secrets: keys,
    settings: provider.settings,
    timestamp: nowSeconds,
  }
  try {
    const signed = await sign({ preset, ...input })
    return { ...signed, method, headers: { 'content-type': given.contentType, ...signed.headers } }
  } catch (error) {
    // What a scheme throws says which secret or setting it misses; what WebCrypto throws says nothing useful.
    const detail = hideSecrets(errorMessage(error), keys)
    throw new AppError('unprocessable', `This event cannot be signed: ${detail}.`, { cause: new Error(detail) })
  }
}

/** Where the sender signs with a key that nobody else has, only a key pair of the operator's own can stand in for it. */
function signingKeys(
  provider: Provider,
  preset: Preset,
  secrets: readonly SigningSecret[],
  privateKey: string | undefined,
): string[] {
  const [current] = secrets
  const asymmetric = signsWithPrivateKey(preset)
  if (asymmetric && privateKey === undefined) {
    throw new AppError(
      'unprocessable',
      `${preset.title} signs with a private key that only it has. Give \`privateKey\` of a key pair of your own, PKCS #8 PEM, to a provider that has its public key; or use the test button of the sender.`,
    )
  }
  if (privateKey !== undefined) {
    const standsAlone = preset.verification.scheme === 'signature' || preset.verification.scheme === 'jwt'
    return standsAlone || !current ? [privateKey] : [privateKey, current.secret]
  }
  if (!current && needsOf(preset, provider.custom !== undefined).secret) {
    throw new AppError('unprocessable', `There is no secret of ${provider.id} to sign with, or none that control can read.`)
  }
  return current ? [current.secret] : []
}

function signsWithPrivateKey({ verification }: Preset): boolean {
  if (verification.scheme === 'signature')
    return verification.algorithm.kind !== 'hmac' && verification.algorithm.kind !== 'digest'
  return verification.scheme === 'jwt' && verification.keys.kind !== 'secret'
}

function withQuery(address: string, query: string | undefined): string {
  if (query === undefined || query === '') return address
  return `${address}${address.includes('?') ? '&' : '?'}${query}`
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
