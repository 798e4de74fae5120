/** How far clocks of Access and Workers may differ, s. */
export const CLOCK_SKEW_SECONDS = 30
/** An Access token is about 1 KiB; anything much longer is not one, characters. */
export const MAX_TOKEN_LENGTH = 16_384
/** How long the issuer may take to answer with its keys, ms. */
export const JWKS_TIMEOUT_MS = 2_000
/** Keys older than this are fetched again; Access rotates every six weeks and keeps the previous key a week longer, ms. */
export const JWKS_FRESH_MS = 3_600_000
/** Unknown key ids may cause this many fetches within the window below, so strangers cannot make us hammer the issuer. */
export const MAX_REFETCHES = 5
export const REFETCH_WINDOW_MS = 60_000
/** After a failed fetch the issuer is left alone for this long, ms. */
export const JWKS_FAILURE_PAUSE_MS = 1_000
/** A change of somebody's roles is in force everywhere after this, ms. */
export const ROLES_FRESH_MS = 5_000
/** Groups of a person beyond these are not looked at: a token is sent with each request, and has at most a few. */
export const MAX_GROUPS = 100
/** Longer names of groups are left out, characters. */
export const MAX_GROUP_LENGTH = 200
/** People whose roles an isolate remembers. */
export const MAX_REMEMBERED_PEOPLE = 1_000
