import { rekeyRequest } from '@orchestrator/shared/contracts/secret-api'
import { parseRequest } from '@orchestrator/shared/http/issues'
import { readJson } from '@orchestrator/shared/http/read-json'
import { auditContext } from '../audit/audit-context.ts'
import type { ControlHandler } from '../context.ts'
import { deleteSecret } from '../secrets/delete.ts'
import { endSecretVersion } from '../secrets/end-version.ts'
import { getSecret } from '../secrets/get.ts'
import { listSecrets, secretsQuery } from '../secrets/list.ts'
import { putSecret } from '../secrets/put.ts'
import { rekeySecrets } from '../secrets/rekey.ts'
import { verifySecret } from '../secrets/verify.ts'
import { configJson, name, tagged, why } from './params.ts'

/** What proves who sends, and who we are: written, and never read. */
export const SECRET_HANDLERS = {
  'GET /v1/secrets': async (c) => c.json(await listSecrets(c.get('deps'), parseRequest(secretsQuery, c.req.query()))),
  'GET /v1/secrets/:name': async (c) => tagged(c, await getSecret(c.get('deps'), name(c))),
  'PUT /v1/secrets/:name': async (c) => tagged(c, await putSecret(c.get('deps'), auditContext(c), name(c), await configJson(c))),
  'DELETE /v1/secrets/:name': async (c) => c.json(await deleteSecret(c.get('deps'), auditContext(c), name(c), await why(c))),
  'DELETE /v1/secrets/:name/versions/:version': async (c) => {
    const version = c.req.param('version') ?? ''
    return tagged(c, await endSecretVersion(c.get('deps'), auditContext(c), name(c), version, await why(c)))
  },
  'POST /v1/secrets/:name/verify': async (c) => c.json(await verifySecret(c.get('deps'), name(c))),
  'POST /v1/secrets/rekey': async (c) =>
    c.json(await rekeySecrets(c.get('deps'), auditContext(c), parseRequest(rekeyRequest, await readJson(c.req.raw)))),
} satisfies Record<string, ControlHandler>
