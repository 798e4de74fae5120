import type { Client, ClientKey } from '@orchestrator/shared/contracts/client'
import { sha256Hex, toBase64, toHex } from '@orchestrator/shared/core/bytes'

/** A client holds no more keys than this. */
export const MAX_KEYS = 10
/** So that a key that was printed or committed by mistake is recognised, by people and by scanners. */
const PREFIX = 'ork_'

/** Random bytes of one key: 256 bits, and a few more for its name. */
export const KEY_BYTES = 32
export const NAME_BYTES = 4

/** The text of a new key, and what is kept of it. */
export async function makeKey(bytes: Uint8Array): Promise<{ key: string; hash: string }> {
  const key = PREFIX + toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
  return { key, hash: await sha256Hex(key) }
}

/** What a key is called that nobody named. */
export function keyName(bytes: Uint8Array): string {
  return `key-${toHex(bytes)}`
}

/**
 * The keys of a client after a new one: those of before end when the overlap is over, if there is one, and none that had an
 * earlier end gets a later one. Expired ones make room where it is needed. Times in ms; `null` when there is no room.
 */
export function withKey(keys: readonly ClientKey[], key: ClientKey, now: number, overlapMs: number | null): ClientKey[] | null {
  const end = overlapMs === null ? null : now + overlapMs
  const earlier = keys.map((one) => (end === null ? one : { ...one, expiresAt: Math.min(one.expiresAt ?? end, end) }))
  if (earlier.length < MAX_KEYS) return [...earlier, key]
  const living = earlier.filter((one) => !isExpired(one, now))
  return living.length < MAX_KEYS ? [...living, key] : null
}

export function isExpired({ expiresAt }: Pick<ClientKey, 'expiresAt'>, now: number): boolean {
  return expiresAt !== null && expiresAt <= now
}

/** Whether anybody can come in as this client. */
export function isReachable({ keys, serviceTokens }: Pick<Client, 'keys' | 'serviceTokens'>, now: number): boolean {
  return serviceTokens.length > 0 || keys.some((key) => !isExpired(key, now))
}
