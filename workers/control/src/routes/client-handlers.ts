import { parseRequest } from '@orchestrator/shared/http/issues'
import { auditContext } from '../audit/audit-context.ts'
import { clientCloning } from '../clients/clone.ts'
import { createClient } from '../clients/create.ts'
import { createClientKey } from '../clients/create-key.ts'
import { deleteClient } from '../clients/delete.ts'
import { getClient } from '../clients/get.ts'
import { clientsQuery, listClients } from '../clients/list.ts'
import { revokeClientKey } from '../clients/revoke-key.ts'
import { setClientEnabled } from '../clients/set-enabled.ts'
import { updateClient } from '../clients/update.ts'
import type { ControlHandler } from '../context.ts'
import { listBreakers } from '../breakers/list.ts'
import { listRateLimits } from '../rate-limits/list.ts'
import { listQueues } from '../queues/list.ts'
import { setQueuePaused } from '../queues/set-paused.ts'
import { cloned } from './clone-handler.ts'
import { configJson, id, mustSayWhy, name, tagged, why } from './params.ts'

/** Who calls through us, what limits them, and the queues that their jobs wait in. */
export const CLIENT_HANDLERS = {
  'GET /v1/clients': async (c) => c.json(await listClients(c.get('deps'), parseRequest(clientsQuery, c.req.query()))),
  'POST /v1/clients': async (c) => {
    const created = await createClient(c.get('deps'), auditContext(c), await configJson(c))
    return tagged(c, created, `/v1/clients/${created.id}`)
  },
  'GET /v1/clients/:id': async (c) => tagged(c, await getClient(c.get('deps'), id(c))),
  'PATCH /v1/clients/:id': async (c) => tagged(c, await updateClient(c.get('deps'), auditContext(c), id(c), await configJson(c))),
  'DELETE /v1/clients/:id': async (c) => c.json(await deleteClient(c.get('deps'), auditContext(c), id(c), await why(c))),
  'POST /v1/clients/:id/enable': async (c) =>
    tagged(c, await setClientEnabled(c.get('deps'), auditContext(c), id(c), true, await why(c))),
  'POST /v1/clients/:id/disable': async (c) =>
    tagged(c, await setClientEnabled(c.get('deps'), auditContext(c), id(c), false, await why(c))),
  'POST /v1/clients/:id/clone': (c) => cloned(c, clientCloning(c.get('deps').now()), '/v1/clients'),
  'POST /v1/clients/:id/keys': async (c) => {
    const created = await createClientKey(c.get('deps'), auditContext(c), id(c), await configJson(c))
    return created.dryRun ? c.json(created) : c.json(created, 201, { etag: created.client.etag })
  },
  'DELETE /v1/clients/:id/keys/:name': async (c) =>
    tagged(c, await revokeClientKey(c.get('deps'), auditContext(c), id(c), name(c), await why(c))),

  'GET /v1/breakers': async (c) => c.json(await listBreakers(c.get('deps'))),
  'GET /v1/rate-limits': async (c) => c.json(await listRateLimits(c.get('deps'))),
  'GET /v1/queues': async (c) => c.json(await listQueues(c.get('deps'))),
  'POST /v1/queues/:name/pause': async (c) =>
    tagged(c, await setQueuePaused(c.get('deps'), auditContext(c), name(c), true, await mustSayWhy(c))),
  'POST /v1/queues/:name/resume': async (c) =>
    tagged(c, await setQueuePaused(c.get('deps'), auditContext(c), name(c), false, await mustSayWhy(c))),
} satisfies Record<string, ControlHandler>
