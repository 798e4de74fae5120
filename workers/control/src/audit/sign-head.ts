import { readChain, readForged, readHash, readTip } from '@orchestrator/shared/audit/read-chain'
import { GENESIS_HASH } from '@orchestrator/shared/audit/row'
import { signHead } from '@orchestrator/shared/audit/signed-head'
import { verifyChain } from '@orchestrator/shared/audit/verify'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import { type Contradiction, contradictionIn, contradictionOf, forged } from './contradiction.ts'
import type { AuditProofDeps } from './deps.ts'

export interface SignHeadDeps extends AuditProofDeps {
  now(): number
  logger: Logger
  control<T>(work: (db: D1Database) => Promise<T>): Promise<T>
}

/** A longer stretch is signed in parts, one a minute: a run stays far below a second of CPU. */
const MAX_ROWS = 5_000
const PIECE = 1_000

/**
 * Signs the head of the log, if it moved since the last time, and the rows since then hang together and with what was signed before.
 * Where they do not, nothing is signed any more: the log says so each minute, and so does the reporter of errors, until somebody has
 * looked. No row of the log tells of it: what is appended to a broken chain proves nothing.
 * @throws Error for a log that was tampered with, whatever D1 or R2 throws otherwise.
 */
export async function signAuditHead(deps: SignHeadDeps): Promise<void> {
  const key = await deps.auditKey()
  // In this order: a log read before could be older than a head that somebody else signs meanwhile.
  const previous = await deps.readSignedHead()
  const tip = await deps.control(readTip)
  const head = previous?.head
  if (head) {
    const hashThere = await deps.control((db) => readHash(db, head.seq))
    const former = head.keyId === key.keyId ? null : await deps.readAuditPublicKey(head.keyId)
    const found = await contradictionOf(head, { tip, hashThere }, { own: key, former })
    if (found) throw tampered(found)
  }
  const below = await deps.control(readForged)
  if (below !== null) throw tampered(forged(below))
  if (!tip || (head?.seq === tip.seq && head.keyId === key.keyId)) return
  if (head?.keyId !== key.keyId) {
    await deps.storeAuditPublicKey(key)
    deps.logger.log('warn', 'the audit log is signed with a key for the first time', { keyId: key.keyId, after: head?.seq ?? 0 })
  }

  let verified = head ? { seq: head.seq, hash: head.hash } : { seq: 0, hash: GENESIS_HASH }
  const upTo = Math.min(tip.seq, verified.seq + MAX_ROWS)
  while (verified.seq < upTo) {
    const after = verified.seq
    const { rows } = await deps.control((db) => readChain(db, { after, upTo, limit: PIECE }))
    const verdict = await verifyChain(rows, verified)
    if (!verdict.ok) throw tampered(contradictionIn(verdict))
    if (rows.length === 0) throw tampered(contradictionIn({ ok: false, seq: tip.seq, broken: 'gap' }))
    verified = verdict.head
  }
  await deps.storeSignedHead(await signHead(key, verified, deps.now()), previous)
}

function tampered({ broken, message }: Contradiction): Error {
  return new Error(`the audit log was tampered with (${broken}), and is not signed any more: ${message}`)
}
