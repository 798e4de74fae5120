/**
 * Why a caller is not who they need to be. The reason is for logs and metrics; callers get one public message for all
 * (401), except that keys which cannot be fetched are our failure (503).
 */
export type AccessRejection =
  | { reason: 'token_missing' }
  | { reason: 'token_malformed' }
  | { reason: 'algorithm_refused'; alg: string }
  | { reason: 'critical_header_refused' }
  | { reason: 'key_id_missing' }
  | { reason: 'issuer_wrong' }
  | { reason: 'audience_wrong' }
  | { reason: 'expiry_missing' }
  | { reason: 'expired' }
  | { reason: 'not_yet_valid' }
  | { reason: 'identity_missing' }
  | { reason: 'key_unknown'; kid: string }
  | { reason: 'signature_wrong' }
  | { reason: 'keys_unavailable' }

/** Who the token is about. Emails are lower-case; a person's groups are as the identity provider names them, ids too. */
export type Identity = { kind: 'user'; id: string; groups?: readonly string[] } | { kind: 'service'; id: string }
