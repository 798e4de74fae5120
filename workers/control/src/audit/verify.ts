import { ForgedObject } from '@orchestrator/shared/audit/head-store'
import { getAudit } from '@orchestrator/shared/audit/queries'
import { readChain, readForged, readHash, readTip } from '@orchestrator/shared/audit/read-chain'
import { GENESIS_HASH } from '@orchestrator/shared/audit/row'
import { type ChainHead, verifyChain } from '@orchestrator/shared/audit/verify'
import type { AuditPublicKey, AuditVerification, SignedHead } from '@orchestrator/shared/contracts/audit-api'
import { AppError, errorMessage } from '@orchestrator/shared/core/errors'
import { toTime } from '@orchestrator/shared/core/time'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import * as z from 'zod'
import { type Contradiction, contradictionIn, contradictionOf, forged, forgedHead } from './contradiction.ts'
import type { AuditProofDeps } from './deps.ts'

export const auditVerifyQuery = z.strictObject({
  after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
})

interface Deps extends AuditProofDeps {
  logger: Logger
  control<T>(work: (db: D1Database) => Promise<T>): Promise<T>
}

/** Rows that one request checks: about 0.1 s of CPU. */
const MAX_ROWS = 2_000

const NO_HEAD = 'No head of the log has been signed yet: what was taken away at its end would not be seen.'
/** Its public key lies in R2, where somebody else may have put it. */
const formerKey = (former: string, own: string): string =>
  `The newest signed head is signed with the key ${former}, not with today's, ${own}: it proves something only if you know ${former} for a former key of ours.`
const NO_R2 = 'The signed heads in R2 cannot be read right now: the chain hangs together, but was compared with none of them.'

/**
 * Checks a stretch of the log after a row, and the whole of it against the newest signed head. From 0 on, by `next`, all rows are checked.
 * @throws AppError 400 when there is no row to go on from.
 */
export async function verifyAudit(deps: Deps, after: number): Promise<AuditVerification> {
  const signed = await readSigned(deps)
  const { tip, start, against } = await readAround(deps, after, signed)
  if (against) return { ok: false, checked: 0, ...against }
  const note = signed.note
  const signedHead = signed.head && { seq: signed.head.seq, at: toTime(signed.head.at), keyId: signed.head.keyId }
  if (after === (tip?.seq ?? 0)) return { ok: true, checked: 0, head: start, next: null, signedHead, note }

  const end = tip?.seq ?? 0
  const { rows } = await deps.control((db) => readChain(db, { after, upTo: end, limit: MAX_ROWS }))
  const verdict = await verifyChain(rows, start)
  if (!verdict.ok) {
    const checked = rows.findIndex((row) => row.seq === verdict.seq)
    return { ok: false, checked, ...contradictionIn(verdict) }
  }
  const { head, checked } = verdict
  if (rows.length === 0) return { ok: false, checked, ...contradictionIn({ ok: false, seq: end, broken: 'gap' }) }
  return { ok: true, checked, head, next: head.seq < end ? head.seq : null, signedHead, note }
}

interface Signed {
  head: SignedHead | null
  /** What the head was signed with, where that is not today's key. */
  former: AuditPublicKey | null
  note: string | null
  /** Given where what stands in R2 is no head of ours. */
  forgery?: ForgedObject
}

async function readSigned(deps: Deps): Promise<Signed> {
  const own = await deps.auditKey()
  try {
    const head = (await deps.readSignedHead())?.head ?? null
    const former = !head || head.keyId === own.keyId ? null : await deps.readAuditPublicKey(head.keyId)
    return { head, former, note: former ? formerKey(head!.keyId, own.keyId) : head ? null : NO_HEAD }
  } catch (error) {
    deps.logger.log('error', 'the signed heads of the audit log cannot be read', { cause: errorMessage(error) })
    return { head: null, former: null, note: NO_R2, ...(error instanceof ForgedObject ? { forgery: error } : {}) }
  }
}

/** Where the stretch begins, where the log ends, and what the signed head has against that. */
async function readAround(
  deps: Deps,
  after: number,
  { head: signed, former, forgery }: Signed,
): Promise<{ tip: ChainHead | null; start: ChainHead; against: Contradiction | null }> {
  const [tip, first, hashThere, below] = await deps.control((db) =>
    Promise.all([readTip(db), after === 0 ? null : getAudit(db, after), signed && readHash(db, signed.seq), readForged(db)]),
  )
  const start = { seq: after, hash: first?.hash ?? GENESIS_HASH }
  if (below !== null) return { tip, start, against: forged(below) }
  if (forgery) return { tip, start, against: forgedHead(tip?.seq ?? 0, forgery) }
  if (signed) {
    const own = await deps.auditKey()
    const against = await contradictionOf(signed, { tip, hashThere }, { own, former })
    if (against) return { tip, start, against }
  }
  if (after === 0 || first) return { tip, start, against: null }
  throw new AppError('validation_failed', 'There is no such row to go on from.', {
    issues: [{ path: 'after', message: 'is the sequence of a row: take it from next of the answer before, or leave it out' }],
  })
}
