/** Shorter ones would be found everywhere. */
const MIN_LENGTH = 4

/**
 * The text without what must not be recorded, however it stands there: as it is, as in JSON, or as in a URL or form. Longer ones
 * go first, since one may be part of another.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const spellings = new Set(secrets.filter(({ length }) => length >= MIN_LENGTH).flatMap(spellingsOf))
  return [...spellings]
    .toSorted((a, b) => b.length - a.length)
    .reduce((result, one) => result.replaceAll(one, '[redacted]'), text)
}

function spellingsOf(secret: string): string[] {
  const form = new URLSearchParams({ '': secret }).toString().slice(1)
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed()), form]
}
