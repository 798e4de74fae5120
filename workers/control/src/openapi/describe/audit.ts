import { auditHead, auditVerification } from '@orchestrator/shared/contracts/audit-api'
import { auditEntry, page } from '@orchestrator/shared/contracts/control-api'
import { auditExportQuery } from '../../audit/export.ts'
import { auditQuery } from '../../audit/list.ts'
import { auditVerifyQuery } from '../../audit/verify.ts'
import { answer, type Description, textAnswer } from '../description.ts'
import { REASON, RECEIVED_AT, REQUEST } from './ids.ts'

const ENTRY = {
  seq: 4_711,
  at: RECEIVED_AT,
  actor: { kind: 'user' as const, id: 'operator@example.com' },
  role: 'operator' as const,
  door: 'console' as const,
  action: 'connector.paused' as const,
  target: 'connector:billing',
  reason: REASON,
  intentSeq: null,
  before: { paused: false },
  after: { paused: true },
  ip: '203.0.113.7',
  requestId: REQUEST,
  ray: '9e5f3a7c1b2d4e6f',
  impersonation: null,
  actingAs: null,
  prevHash: '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  hash: '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
}

const HEAD = {
  seq: 4_711,
  hash: ENTRY.hash,
  at: Date.parse(RECEIVED_AT),
  keyId: '3ba3f5f43b926026',
  signature: 'oD2nE0Lq8vYyZqmX1o9k1Xo2m2bNRzq5ZP4jYp0q9Zk3J4lGk2d1mJ8n9rQwXb6cT5uVsLhE7fA0iK3yWtR6Bg==',
}
const PUBLIC_KEY = { kty: 'OKP' as const, crv: 'Ed25519' as const, x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }

const FILTERS = `\`action\` may end with \`.*\` (\`provider.*\`), \`target\` with \`*\` (\`provider:*\`). \`from\` is included, \`to\` is not. \`text\` is
looked for in reason, target, before and after, in any case. \`impersonation\` is the id of one, or \`any\`.`

export const AUDIT = {
  'GET /v1/audit': {
    topic: 'Audit',
    summary: 'Entries of the audit log, newest first',
    text: `${FILTERS} An index leads to the entries of an actor, an action, a target or a time; for anything else a page looks at 1,000 entries
at most, and says in \`scanned\` how many it looked at: it may be empty and still have a next one.`,
    query: auditQuery,
    answer: answer(page(auditEntry), { items: [ENTRY], nextCursor: null }),
  },
  'GET /v1/audit/head': {
    topic: 'Audit',
    summary: 'The newest signed head of the audit log, and the public key',
    text: 'Keep a copy of the public key where nobody who can write to the log can write: an export is checked with it.',
    answer: answer(auditHead, { head: HEAD, unsigned: 2, publicKey: PUBLIC_KEY }),
  },
  'GET /v1/audit/verify': {
    topic: 'Audit',
    summary: 'Check the audit log',
    text: 'Checks the next 2,000 entries after a sequence, and compares the log with its newest signed head. Go on with `next`.',
    query: auditVerifyQuery,
    answer: answer(auditVerification, {
      ok: true,
      checked: 711,
      head: { seq: 4_711, hash: ENTRY.hash },
      next: null,
      signedHead: { seq: HEAD.seq, at: RECEIVED_AT, keyId: HEAD.keyId },
      note: null,
    }),
  },
  'GET /v1/audit/export': {
    topic: 'Audit',
    summary: 'Take the audit log away as a file',
    text: `${FILTERS} Oldest first, as far as the log reaches when the export begins; that it was exported is itself an entry. JSON Lines can be
checked offline (\`orc audit verify FILE\`); their last line says \`end\`, and without it the file is incomplete. CSV is for reading.`,
    query: auditExportQuery,
    answer: textAnswer({
      'application/jsonl': JSON.stringify({ line: 'end', rows: 4_711, seal: { keyId: HEAD.keyId, signature: HEAD.signature } }),
      'text/csv': `seq,at,actorKind,actorId\r\n4711,${RECEIVED_AT},user,operator@example.com\r\n`,
    }),
  },
  'GET /v1/audit/:seq': { topic: 'Audit', summary: 'One entry of the audit log', answer: answer(auditEntry, ENTRY) },
} satisfies Record<string, Description>
