/** Proof that the audit log is whole: verification, signed heads, exports. */
import * as z from 'zod'

const time = z.iso.datetime()

/** Hexadecimal SHA-256. */
const hash = z.string().regex(/^[0-9a-f]{64}$/)

/** `GET /v1/audit/verify?after=SEQ`: as much of the chain as one request may check; `next` goes on after it. */
export const auditVerification = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    checked: z.int(),
    /** The last row that was checked. */
    head: z.object({ seq: z.int(), hash: z.string() }),
    /** `after` of the next request; null when the end is reached. */
    next: z.int().nullable(),
    /** The newest signed head, once the end is reached; null while there is none. */
    signedHead: z.object({ seq: z.int(), at: time, keyId: z.string() }).nullable(),
  }),
  z.object({
    ok: z.literal(false),
    checked: z.int(),
    /** Where it is broken, and how; `truncated` and `rewritten` contradict the signed head. */
    seq: z.int(),
    broken: z.enum(['gap', 'link', 'content', 'truncated', 'rewritten', 'signature']),
    message: z.string(),
  }),
])
export type AuditVerification = z.infer<typeof auditVerification>

/** The head of the chain, signed with Ed25519 over `orchestrator-audit-head\n<seq>\n<hash>\n<at>` (UTF-8, `at` in ms). */
export const signedHead = z.object({
  seq: z.int().positive(),
  hash,
  /** ms since the epoch. */
  at: z.int(),
  /** The first 16 hexadecimal digits of the SHA-256 of the raw public key. */
  keyId: z.string(),
  /** Base64. */
  signature: z.string(),
})
export type SignedHead = z.infer<typeof signedHead>

/** `GET /v1/audit/head`. The public key is a JWK (RFC 8037): keep a copy of it where nobody who can write to the log can write. */
export const auditHead = z.object({ head: signedHead.nullable(), publicKey: z.record(z.string(), z.unknown()) })
export type AuditHead = z.infer<typeof auditHead>

/**
 * One line of `GET /v1/audit/export?format=jsonl`: first `export`, then every row as it is stored, oldest first, last `end`. Without
 * the last line the file is incomplete. An export by a filter proves each row, but not that none is missing.
 */
export const auditExportLine = z.discriminatedUnion('line', [
  z.object({
    line: z.literal('export'),
    version: z.literal(1),
    exportedAt: time,
    filters: z.record(z.string(), z.string()),
  }),
  z.object({
    line: z.literal('row'),
    seq: z.int().positive(),
    at: z.int(),
    actorKind: z.string(),
    actorId: z.string(),
    role: z.string().nullable(),
    door: z.string(),
    action: z.string(),
    target: z.string(),
    reason: z.string().nullable(),
    intentSeq: z.int().nullable(),
    before: z.string().nullable(),
    after: z.string().nullable(),
    ip: z.string().nullable(),
    requestId: z.string(),
    v: z.int(),
    ray: z.string().nullable(),
    impersonation: z.string().nullable(),
    actingAs: z.string().nullable(),
    prevHash: z.string(),
    hash: z.string(),
  }),
  z.object({
    line: z.literal('end'),
    rows: z.int(),
    head: z.object({ seq: z.int(), hash: z.string() }).nullable(),
    signedHead: signedHead.nullable(),
    publicKey: z.record(z.string(), z.unknown()),
  }),
])
export type AuditExportLine = z.infer<typeof auditExportLine>
