import { parseRequest } from '@orchestrator/shared/http/issues'
import { auditContext } from '../audit/audit-context.ts'
import { auditExportQuery, exportAudit } from '../audit/export.ts'
import { getAudit } from '../audit/get.ts'
import { getAuditHead } from '../audit/head.ts'
import { auditQuery, listAudit } from '../audit/list.ts'
import { auditVerifyQuery, verifyAudit } from '../audit/verify.ts'
import type { ControlHandler } from '../context.ts'
import type { RouteKey } from '../roles/route-roles.ts'
import { found } from './params.ts'

/** The audit log, and what proves that it is whole. */
export const AUDIT_HANDLERS = {
  'GET /v1/audit': async (c) => c.json(await listAudit(c.get('deps'), parseRequest(auditQuery, c.req.query()))),
  'GET /v1/audit/head': async (c) => c.json(await getAuditHead(c.get('deps'))),
  'GET /v1/audit/verify': async (c) => {
    const { after } = parseRequest(auditVerifyQuery, c.req.query())
    return c.json(await verifyAudit(c.get('deps'), after))
  },
  'GET /v1/audit/export': async (c) => exportAudit(c.get('deps'), auditContext(c), parseRequest(auditExportQuery, c.req.query())),
  'GET /v1/audit/:seq': async (c) => c.json(found(c, 'audit entry', await getAudit(c.get('deps'), c.req.param('seq') ?? ''))),
} satisfies Partial<Record<RouteKey, ControlHandler>>
