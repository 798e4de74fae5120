import { spellings } from '@orchestrator/shared/secrets/spellings'

const HIDDEN = '[secret]'

/** A text without these secrets, however they are spelt in it. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return spellings(secrets).reduce((rest, one) => rest.replaceAll(one, HIDDEN), text)
}
