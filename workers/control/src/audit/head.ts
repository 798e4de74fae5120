import { readTip } from '@orchestrator/shared/audit/read-chain'
import type { AuditHead } from '@orchestrator/shared/contracts/audit-api'
import { AppError } from '@orchestrator/shared/core/errors'
import type { AuditProofDeps } from './deps.ts'

interface Deps extends AuditProofDeps {
  control<T>(work: (db: D1Database) => Promise<T>): Promise<T>
}

/** The newest signed head, and the public key in force. @throws AppError 503 when R2 does not answer. */
export async function getAuditHead(deps: Deps): Promise<AuditHead> {
  const { publicKey } = await deps.auditKey()
  const head = (await readHead(deps))?.head ?? null
  const tip = await deps.control(readTip)
  return { head, unsigned: Math.max(0, (tip?.seq ?? 0) - (head?.seq ?? 0)), publicKey }
}

async function readHead(deps: Deps) {
  try {
    return await deps.readSignedHead()
  } catch (cause) {
    throw new AppError('unavailable', 'The signed heads in R2 cannot be read right now.', { cause, retryAfterSeconds: 5 })
  }
}
