/** Keys of clients begin so. A route's key that does is held by its hash (`inbox/match-routes.ts`), so the two never meet. */
export const CLIENT_KEY_PREFIX = 'client:'

/** The ordering key as the row holds it: those of two clients never meet. A client's id has no colon. */
export function clientOrderingKey(client: string, key: string): string {
  return `${prefixOf(client)}${key}`
}

/** The key as the client gave it. */
export function shownOrderingKey(client: string, stored: string | null): string | null {
  const prefix = prefixOf(client)
  return stored?.startsWith(prefix) ? stored.slice(prefix.length) : stored
}

function prefixOf(client: string): string {
  return `${CLIENT_KEY_PREFIX}${client}:`
}
