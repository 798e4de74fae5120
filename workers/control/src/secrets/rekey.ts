import type { ChangeContext } from '@orchestrator/shared/config/change'
import { contentOf } from '@orchestrator/shared/config/revision'
import type { SecretRef, SecretVersion } from '@orchestrator/shared/contracts/config'
import type { Rekeyed, RekeyRequest } from '@orchestrator/shared/contracts/secret-api'
import { handshakeTokenName } from '@orchestrator/shared/secrets/handshake-token'
import type { ConfigDeps } from '../config/deps.ts'
import type { HandshakeTokenRow } from './queries.ts'

type Sealed = Pick<SecretVersion, 'version' | 'iv' | 'ciphertext' | 'keyId'>

interface Deps extends ConfigDeps {
  /** Under the current key. */
  sealSecret(name: string, version: number, value: string): Promise<Pick<SecretVersion, 'iv' | 'ciphertext' | 'keyId'>>
  /** With any key. `undefined` when none fits. */
  openSecret(name: string, sealed: Sealed): Promise<string | undefined>
  /** Whether the current key opens it. */
  isUnderCurrentKey(name: string, sealed: Sealed): Promise<boolean>
  handshakeTokens(): Promise<HandshakeTokenRow[]>
  replaceHandshakeToken(row: HandshakeTokenRow, sealed: { iv: string; ciphertext: string }): D1PreparedStatement
}

/**
 * Seals everything anew that is not under the current `SECRETS_KEY`: one revision, one audit row. What neither key opens is left
 * as it is, and named. Repeatable: where all is under the current key, nothing is written.
 */
export async function rekeySecrets(deps: Deps, by: ChangeContext, { reason }: RekeyRequest): Promise<Rekeyed> {
  const { value, ...changed } = await deps.changeConfig(by, async (current) => {
    const tally = createTally()
    const secrets: SecretRef[] = []
    for (const secret of current.secrets) secrets.push(await rekeyed(deps, tally, secret, by.at))
    const statements: D1PreparedStatement[] = []
    for (const row of await deps.handshakeTokens()) {
      const name = handshakeTokenName(row.provider)
      const sealed = await resealed(deps, tally, name, name, { version: 1, iv: row.iv, ciphertext: row.ciphertext })
      if (!sealed) continue
      statements.push(deps.replaceHandshakeToken(row, sealed))
      tally.handshakeTokens++
    }
    const { versions, handshakeTokens, alreadyCurrent, unreadable } = tally
    return {
      content: { ...contentOf(current), secrets },
      statements,
      audit: {
        action: 'secret.rekeyed',
        target: 'secrets',
        reason,
        before: null,
        after: { versions, ofHandshakes: handshakeTokens, alreadyCurrent, unreadable },
      },
      value: { sealed: { versions, handshakeTokens }, alreadyCurrent, unreadable, left: unreadable.length },
    }
  })
  return { ...value, ...changed }
}

interface Tally {
  versions: number
  handshakeTokens: number
  alreadyCurrent: number
  unreadable: string[]
}

const createTally = (): Tally => ({ versions: 0, handshakeTokens: 0, alreadyCurrent: 0, unreadable: [] })

/** A previous value whose time is over is of no use to anybody, and keeps nobody from taking the previous key away. */
async function rekeyed(deps: Deps, tally: Tally, secret: SecretRef, now: number): Promise<SecretRef> {
  if (secret.source !== 'stored') return secret
  const versions: SecretVersion[] = []
  for (const version of secret.versions) {
    if (version.validUntil !== null && version.validUntil <= now) continue
    const sealed = await resealed(deps, tally, secret.name, `${secret.name} (version ${version.version})`, version)
    if (sealed) tally.versions++
    versions.push(sealed ? { ...version, ...sealed } : version)
  }
  return { ...secret, versions }
}

/** `undefined` where it stays as it is. */
async function resealed(deps: Deps, tally: Tally, name: string, shown: string, sealed: Sealed) {
  if (await deps.isUnderCurrentKey(name, sealed)) {
    tally.alreadyCurrent++
    return undefined
  }
  const value = await deps.openSecret(name, sealed)
  if (value === undefined) {
    tally.unreadable.push(shown)
    return undefined
  }
  return deps.sealSecret(name, sealed.version, value)
}
