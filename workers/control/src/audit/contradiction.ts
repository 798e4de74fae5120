import type { ForgedObject } from '@orchestrator/shared/audit/head-store'
import { isHeadSignedBy } from '@orchestrator/shared/audit/signed-head'
import type { AuditKey } from '@orchestrator/shared/audit/signing-key'
import type { ChainHead, ChainVerdict } from '@orchestrator/shared/audit/verify'
import type { AuditPublicKey, AuditVerification, SignedHead } from '@orchestrator/shared/contracts/audit-api'

/** Where the log is broken, and how. */
export type Contradiction = Omit<Extract<AuditVerification, { ok: false }>, 'ok' | 'checked'>

/**
 * What speaks against the log, seen from a head that was signed: null when they agree. `hashThere` is the hash that the log has at the
 * head's sequence. A head of a former key is checked with the public key that was kept of it.
 */
export async function contradictionOf(
  head: SignedHead,
  log: { tip: ChainHead | null; hashThere: string | null },
  keys: { own: AuditKey; former: AuditPublicKey | null },
): Promise<Contradiction | null> {
  const { seq } = head
  const key = head.keyId === keys.own.keyId ? keys.own.publicKey : keys.former
  if (!key || !(await isHeadSignedBy(key, head))) {
    const message = `The signed head of row ${seq} was not signed with our key ${keys.own.keyId}, nor with a former one: it names the key ${head.keyId}.`
    return { seq, broken: 'signature', message }
  }
  const last = log.tip?.seq ?? 0
  if (last < seq) {
    const message = `The log ends at row ${last}, but the hash of row ${seq} was signed: the rows in between were taken away.`
    return { seq: last + 1, broken: 'truncated', message }
  }
  if (log.hashThere !== head.hash) {
    const message = `Row ${seq} is not the one whose hash was signed: it, or rows before it, were taken away or written anew.`
    return { seq, broken: 'rewritten', message }
  }
  return null
}

/** The same for what stands in R2 in the place of a head, beside a log that ends at `last`. */
export function forgedHead(last: number, { message }: ForgedObject): Contradiction {
  return { seq: last, broken: 'signature', message: `The signed heads were changed: ${message}.` }
}

/** The same for a row that stands before the first one. */
export function forged(seq: number): Contradiction {
  return { seq, broken: 'gap', message: `Row ${seq} stands before row 1, where the log begins: it was put in.` }
}

/** The same for a stretch that does not hang together. `expected` is the row that should have come. */
export function contradictionIn({ seq, broken }: Extract<ChainVerdict, { ok: false }>): Contradiction {
  const messages = {
    gap: `Rows before row ${seq} are missing.`,
    link: `Row ${seq} does not point at the row before it: one of the two was replaced.`,
    content: `Row ${seq} was changed: its hash does not fit it.`,
  }
  return { seq, broken, message: messages[broken] }
}
