import type { Provider } from '../contracts/config.ts'
import type { FetchKey, HeaderReader, SchemeInput, SigningSecret } from './types.ts'
import { signedUrl } from './url.ts'

/** A request as it reached us, `url` with its query, and what is needed to judge it. `now` in ms. */
export interface ProviderRequest {
  method: string
  url: string
  headers: HeaderReader
  secrets: readonly SigningSecret[]
  now: number
  fetchKey: FetchKey
}

/** What a scheme gets to see of a request to a provider, besides its body. */
export function providerInput(
  { settings, toleranceSeconds, publicUrl }: Provider,
  { method, url, headers, secrets, now, fetchKey }: ProviderRequest,
): Omit<SchemeInput, 'rawBody' | 'explain'> {
  return { method, url: signedUrl(url, publicUrl), headers, secrets, settings, now, toleranceSeconds, fetchKey }
}
