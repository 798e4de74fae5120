/** Ids of ours are long, too: a prefix, a shard and a ULID, with more behind a dot. */
const OWN_ID = /^[a-z]{3}_\d\d[0-9A-HJKMNP-TV-Z]{26}(?:\.[\w.]*)?$/
/** How keys and tokens begin that people take for ids: ours, signing secrets, API keys, JSON Web Tokens. */
const CREDENTIAL = /^(?:ork_|whs[ek]c?_|(?:sk|rk|pk)_|gh[a-z]_|glpat-|xox[a-z]-|eyJ)/
/** No name of ours is longer. */
const MAX_LENGTH = 64
const HIDDEN = '[redacted]'

/**
 * A path as logs and problem documents tell it. What looks like a credential is left out, since somebody may have taken one for an id;
 * a query is never told.
 */
export function shownPath(url: string): string {
  return segmentsOf(url)
    .map((segment) => (isHidden(segment) ? HIDDEN : segment))
    .join('/')
}

/** The same for a text that may have a part of the path in it, such as an error about what was not found. */
export function withoutHiddenSegments(text: string, url: string): string {
  return segmentsOf(url)
    .filter(isHidden)
    .reduce((rest, segment) => rest.replaceAll(segment, HIDDEN).replaceAll(decoded(segment), HIDDEN), text)
}

function segmentsOf(url: string): string[] {
  return new URL(url).pathname.split('/')
}

function isHidden(segment: string): boolean {
  const looksRandom = segment.length >= 24 && /[a-z]/.test(segment) && /[A-Z]/.test(segment) && /\d/.test(segment)
  return CREDENTIAL.test(segment) || segment.length > MAX_LENGTH || (looksRandom && !OWN_ID.test(segment))
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
