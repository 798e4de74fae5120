import { spellings } from '@orchestrator/shared/secrets/spellings'

/** What stands in their place. */
export const REDACTED = '[redacted]'

/** The text without what must not be recorded, however it is spelt. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return createCleaner(secrets)(text)
}

/** The same for many texts: how the secrets may be spelt is worked out once. */
export function createCleaner(secrets: readonly string[]): (text: string) => string {
  const wanted = spellings(secrets)
  return (text) => wanted.reduce((result, one) => result.replaceAll(one, REDACTED), text)
}
