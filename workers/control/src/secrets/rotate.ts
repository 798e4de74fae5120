import type { SecretVersion } from '@orchestrator/shared/contracts/config'

/** A secret holds no more versions than this; the oldest previous ones make room. */
const MAX_VERSIONS = 10

/**
 * The versions after a new value: it is current, the one before is valid for the overlap, and none that came before that for longer.
 * So an overlap of 0 leaves the new value alone. Times in ms.
 */
export function rotate(
  versions: readonly SecretVersion[],
  sealed: Omit<SecretVersion, 'validUntil' | 'createdAt'>,
  now: number,
  overlapMs: number,
): SecretVersion[] {
  const end = now + overlapMs
  const previous = versions
    .map((one) => ({ ...one, validUntil: Math.min(one.validUntil ?? end, end) }))
    .filter(({ validUntil }) => validUntil > now)
    .toSorted((a, b) => b.version - a.version)
  return [{ ...sealed, validUntil: null, createdAt: now }, ...previous].slice(0, MAX_VERSIONS)
}

/** The number of the next version: higher than every one that there still is, since a ciphertext is bound to its number. */
export function nextVersion(versions: readonly SecretVersion[]): number {
  return Math.max(0, ...versions.map(({ version }) => version)) + 1
}
