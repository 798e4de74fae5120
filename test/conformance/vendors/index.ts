import { bodyHmacClientCases } from './body-hmac-clients.ts'
import { bodyHmacCases } from './body-hmac.ts'
import { boundToUrlCases } from './bound-to-url.ts'
import { jsonWebTokenCases } from './json-web-tokens.ts'
import { publicKeyCases } from './public-key.ts'
import { sharedTokenCases } from './shared-tokens.ts'
import { signedInBodyCases } from './signed-in-body.ts'
import { standardWebhooksApiCases } from './standard-webhooks-apis.ts'
import { standardWebhooksCases } from './standard-webhooks.ts'
import { timestampedHeaderCases } from './timestamped-headers.ts'
import { timestampedPairCases } from './timestamped-pairs.ts'
import type { VendorCase, VendorRequest } from './vendor-case.ts'
import { text, withBody, withLastDigitChanged } from './wire.ts'

/** Every sender that a package answers for, in the order of their slugs. */
export const vendorCases: readonly VendorCase[] = [
  ...bodyHmacCases,
  ...bodyHmacClientCases,
  ...boundToUrlCases,
  ...jsonWebTokenCases,
  ...publicKeyCases,
  ...sharedTokenCases,
  ...signedInBodyCases,
  ...standardWebhooksApiCases,
  ...standardWebhooksCases,
  ...timestampedHeaderCases,
  ...timestampedPairCases,
].sort((a, b) => a.preset.localeCompare(b.preset))

/** The request with one character changed that the sender's scheme covers. */
export function tampered({ tamper }: VendorCase, request: VendorRequest): VendorRequest {
  return tamper ? tamper(request) : withBody(request, withLastDigitChanged(text(request)))
}
