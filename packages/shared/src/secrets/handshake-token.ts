/**
 * The name under which the token is sealed that a sender showed last in its handshake. No secret can have this name, so the one
 * is never opened as the other.
 */
export function handshakeTokenName(provider: string): string {
  return `handshake-token:${provider}`
}
