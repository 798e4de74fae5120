import { readNewestHead, readPublicKey, type StoredHead, storeHead, storePublicKey } from '@orchestrator/shared/audit/head-store'
import { type AuditKey, deriveAuditKey } from '@orchestrator/shared/audit/signing-key'
import type { AuditPublicKey, SignedHead } from '@orchestrator/shared/contracts/audit-api'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { RejectionSampler } from '@orchestrator/shared/core/rejection-sampler'
import { RefusalLimit } from './refusal-limit.ts'

/** R2 keeps the signed heads; nobody waits long for it, ms. */
const R2_DEADLINE_MS = 5_000

/** What the proofs of the audit log need beside the log. All but the first reject when R2 does not answer in time. */
export interface AuditProofDeps {
  auditKey(): Promise<AuditKey>
  readSignedHead(): Promise<StoredHead | null>
  storeSignedHead(head: SignedHead, previous: StoredHead | null): Promise<void>
  readAuditPublicKey(keyId: string): Promise<AuditPublicKey | null>
  storeAuditPublicKey(key: AuditKey): Promise<void>
}

/** All that the audit room asks of the platform. */
export interface AuditDeps extends AuditProofDeps {
  strangers: RejectionSampler
  refusals: RefusalLimit
  random(): number
}

/** What an isolate remembers: data only. */
const isolate = { strangers: new RejectionSampler(), refusals: new RefusalLimit() }

/** The key of this isolate, and the text it was derived from. */
let derived: { secret: string; key: AuditKey } | undefined

const within = <T>(work: Promise<T>): Promise<T> => withDeadline(work, R2_DEADLINE_MS, 'R2')

export function createAuditDeps(env: { AUDIT_SIGNING_KEY: string; PAYLOADS: R2Bucket }): AuditDeps {
  const { AUDIT_SIGNING_KEY: secret, PAYLOADS: bucket } = env
  return {
    ...isolate,
    random: Math.random,
    async auditKey() {
      if (derived?.secret !== secret) derived = { secret, key: await deriveAuditKey(secret) }
      return derived.key
    },
    readSignedHead: () => within(readNewestHead(bucket)),
    storeSignedHead: (head, previous) => within(storeHead(bucket, head, previous)),
    readAuditPublicKey: (keyId) => within(readPublicKey(bucket, keyId)),
    storeAuditPublicKey: ({ keyId, publicKey }) => within(storePublicKey(bucket, keyId, publicKey)),
  }
}
