/** Proof that the audit log is whole: verification, signed heads, exports. */
import * as z from 'zod'

const time = z.iso.datetime()

/** Hexadecimal SHA-256. */
const hash = z.string().regex(/^[0-9a-f]{64}$/)

/** The public key that proves signatures of the audit log, as a JWK (RFC 8037). */
export const auditPublicKey = z.looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() })
export type AuditPublicKey = z.infer<typeof auditPublicKey>

const MAX_FILTER = 500

/** A stretch of text as callers look for it. */
const looked = z.string().min(1).max(MAX_FILTER)

/**
 * Filters of `GET /v1/audit` and `GET /v1/audit/export`. `action` may end with `.*` (`provider.*`), `target` with `*`
 * (`provider:*`). `from` is included, `to` is not. `text` is looked for in reason, target, before and after, in any case.
 * `impersonation` is the id of one, or `any`.
 */
export const auditFilters = z.strictObject({
  actor: looked.optional(),
  action: z
    .string()
    .regex(/^[a-z_]+\.([a-z_]+|\*)$/, 'is an action such as provider.updated, or provider.*')
    .optional(),
  target: looked.optional(),
  from: z.iso.datetime({ offset: true, error: 'is a time such as 2026-11-30T08:00:00Z' }).optional(),
  to: z.iso.datetime({ offset: true, error: 'is a time such as 2026-11-30T08:00:00Z' }).optional(),
  text: looked.optional(),
  impersonation: looked.optional(),
})
export type AuditFilters = z.infer<typeof auditFilters>

/** `GET /v1/audit/verify?after=SEQ`: as much of the chain as one request may check; `next` goes on after it. */
export const auditVerification = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    checked: z.int(),
    /** The last row that was checked. */
    head: z.object({ seq: z.int(), hash: z.string() }),
    /** `after` of the next request; null when the end is reached. */
    next: z.int().nullable(),
    /** The newest signed head, with which every request compares; null while there is none, or where it cannot be read. */
    signedHead: z.object({ seq: z.int(), at: time, keyId: z.string() }).nullable(),
    /** What this answer does not prove, in words; null when nothing is missing. */
    note: z.string().nullable(),
  }),
  z.object({
    ok: z.literal(false),
    checked: z.int(),
    /** Where it is broken, and how; `truncated`, `rewritten` and `signature` are about the signed head. */
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

/** `GET /v1/audit/head`. Keep a copy of the public key where nobody who can write to the log can write. */
export const auditHead = z.object({
  head: signedHead.nullable(),
  /** Rows that are newer than the signed head: more than a minute's worth means that signing stands still. */
  unsigned: z.int(),
  publicKey: auditPublicKey,
})
export type AuditHead = z.infer<typeof auditHead>

/**
 * One line of `GET /v1/audit/export?format=jsonl`: first `export`, then every row as it is stored, oldest first, last `end`. Without
 * the last line the file is incomplete. Each line is compact JSON with its fields in this order.
 */
export const auditExportLine = z.discriminatedUnion('line', [
  z.strictObject({
    line: z.literal('export'),
    version: z.literal(1),
    exportedAt: time,
    filters: z.record(z.string(), z.string()),
    /** The newest row of the log when the export began, which is the row that tells of the export itself. */
    head: z.strictObject({ seq: z.int().positive(), hash }),
    /** The newest head that was signed by then; null while there is none, or where it cannot be read. */
    signedHead: signedHead.nullable(),
    publicKey: auditPublicKey,
  }),
  z.strictObject({
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
  z.strictObject({
    line: z.literal('end'),
    rows: z.int(),
    /**
     * The service's word for the whole file, also where a filter left rows out: Ed25519 over `orchestrator-audit-export\n<digest>`.
     * The digest begins as the empty text; each line makes it SHA-256(digest ‖ line) in hex, the last one without its seal.
     */
    seal: z.strictObject({ keyId: z.string(), signature: z.string() }),
  }),
])
export type AuditExportLine = z.infer<typeof auditExportLine>
