import type { AccessRejection } from '@orchestrator/shared/access/rejection'
import { AppError } from '@orchestrator/shared/core/errors'
import { assertNever } from '@orchestrator/shared/core/result'

/** One public message for whatever is wrong with a token; that the keys cannot be had is our failure, and said. */
export function accessErrorToWire(rejection: AccessRejection): AppError {
  switch (rejection.reason) {
    case 'token_missing':
    case 'token_malformed':
    case 'algorithm_refused':
    case 'critical_header_refused':
    case 'key_id_missing':
    case 'issuer_wrong':
    case 'audience_wrong':
    case 'expiry_missing':
    case 'expired':
    case 'not_yet_valid':
    case 'identity_missing':
    case 'key_unknown':
    case 'signature_wrong':
      return new AppError('unauthenticated', 'Sign in through Cloudflare Access: a valid token for this application is needed.')
    case 'keys_unavailable':
      return new AppError('unavailable', 'Sign-ins cannot be verified right now: Access does not answer with its keys.', {
        retryAfterSeconds: 5,
      })
    default:
      return assertNever(rejection)
  }
}
