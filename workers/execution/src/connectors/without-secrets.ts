/** Shorter ones would be found everywhere. */
const MIN_LENGTH = 4
/** What stands in their place. */
export const REDACTED = '[redacted]'

/**
 * The text without what must not be recorded, however it stands there: as it is, as in JSON, or as in a URL or form. Longer ones
 * go first, since one may be part of another.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return createCleaner(secrets)(text)
}

/** The same for many texts: how the secrets may be spelt is worked out once. */
export function createCleaner(secrets: readonly string[]): (text: string) => string {
  const wanted = spellings(secrets)
  return (text) => wanted.reduce((result, one) => result.replaceAll(one, REDACTED), text)
}

/** How secrets may stand in a text, the longest first. */
export function spellings(secrets: readonly string[]): string[] {
  const all = new Set(secrets.filter(({ length }) => length >= MIN_LENGTH).flatMap(spellingsOf))
  return [...all].toSorted((a, b) => b.length - a.length)
}

function spellingsOf(secret: string): string[] {
  const form = new URLSearchParams({ '': secret }).toString().slice(1)
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed()), form]
}
