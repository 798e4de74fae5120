import { testRequest, tryRequest } from '@orchestrator/shared/contracts/sender-api'
import { parseRequest } from '@orchestrator/shared/http/issues'
import { readJson } from '@orchestrator/shared/http/read-json'
import { auditContext } from '../audit/audit-context.ts'
import type { ControlContext, ControlHandler } from '../context.ts'
import { getPreset } from '../presets/get.ts'
import { listPresets } from '../presets/list.ts'
import { PROVIDER_CLONING } from '../providers/clone.ts'
import { createProvider } from '../providers/create.ts'
import { deleteProvider } from '../providers/delete.ts'
import { getHandshakeToken } from '../providers/get-handshake-token.ts'
import { getProvider } from '../providers/get.ts'
import { listProviders, providersQuery } from '../providers/list.ts'
import { setProviderEnabled } from '../providers/set-enabled.ts'
import { setProviderPaused } from '../providers/set-paused.ts'
import { sendTestEvent } from '../providers/test-event.ts'
import { tryProvider } from '../providers/try.ts'
import { updateProvider } from '../providers/update.ts'
import { ROUTE_CLONING } from '../webhook-routes/clone.ts'
import { createRoute } from '../webhook-routes/create.ts'
import { deleteRoute } from '../webhook-routes/delete.ts'
import { getRoute } from '../webhook-routes/get.ts'
import { listRoutes, routesQuery } from '../webhook-routes/list.ts'
import { setRouteEnabled } from '../webhook-routes/set-enabled.ts'
import { updateRoute } from '../webhook-routes/update.ts'
import { cloned } from './clone-handler.ts'
import { CLIENT_HANDLERS } from './client-handlers.ts'
import { CONFIG_DOCUMENT_HANDLERS } from './config-document-handlers.ts'
import { CONNECTOR_HANDLERS } from './connector-handlers.ts'
import { SECRET_HANDLERS } from './secret-handlers.ts'
import { configJson, found, id, mustSayWhy, tagged, why } from './params.ts'

/** A pasted request with a body of 1 MiB in base64, bytes. */
const MAX_EVENT_BYTES = 2_097_152

const eventJson = (c: ControlContext): Promise<unknown> => readJson(c.req.raw, MAX_EVENT_BYTES)

/** Configuration: what is there, and each change of it. */
export const CONFIG_HANDLERS = {
  ...CONNECTOR_HANDLERS,
  ...CLIENT_HANDLERS,
  ...CONFIG_DOCUMENT_HANDLERS,
  ...SECRET_HANDLERS,
  'GET /v1/presets': async (c) => c.json(listPresets()),
  'GET /v1/presets/:id': async (c) => c.json(found(c, 'preset', getPreset(id(c)))),

  'GET /v1/providers': async (c) => c.json(await listProviders(c.get('deps'), parseRequest(providersQuery, c.req.query()))),
  'POST /v1/providers': async (c) => {
    const created = await createProvider(c.get('deps'), auditContext(c), await configJson(c))
    return tagged(c, created, `/v1/providers/${created.id}`)
  },
  'GET /v1/providers/:id': async (c) => tagged(c, await getProvider(c.get('deps'), id(c))),
  'PATCH /v1/providers/:id': async (c) =>
    tagged(c, await updateProvider(c.get('deps'), auditContext(c), id(c), await configJson(c))),
  'DELETE /v1/providers/:id': async (c) => c.json(await deleteProvider(c.get('deps'), auditContext(c), id(c), await why(c))),
  'POST /v1/providers/:id/enable': async (c) =>
    tagged(c, await setProviderEnabled(c.get('deps'), auditContext(c), id(c), true, await why(c))),
  'POST /v1/providers/:id/disable': async (c) =>
    tagged(c, await setProviderEnabled(c.get('deps'), auditContext(c), id(c), false, await why(c))),
  'POST /v1/providers/:id/pause': async (c) =>
    tagged(c, await setProviderPaused(c.get('deps'), auditContext(c), id(c), true, await mustSayWhy(c))),
  'POST /v1/providers/:id/resume': async (c) =>
    tagged(c, await setProviderPaused(c.get('deps'), auditContext(c), id(c), false, await mustSayWhy(c))),
  'POST /v1/providers/:id/clone': (c) => cloned(c, PROVIDER_CLONING, '/v1/providers'),
  'POST /v1/providers/:id/try': async (c) =>
    c.json(await tryProvider(c.get('deps'), id(c), parseRequest(tryRequest, await eventJson(c)))),
  'POST /v1/providers/:id/test': async (c) =>
    c.json(await sendTestEvent(c.get('deps'), auditContext(c), id(c), parseRequest(testRequest, await eventJson(c)))),
  'GET /v1/providers/:id/handshake-token': async (c) => c.json(await getHandshakeToken(c.get('deps'), auditContext(c), id(c))),

  'GET /v1/routes': async (c) => c.json(await listRoutes(c.get('deps'), parseRequest(routesQuery, c.req.query()))),
  'POST /v1/routes': async (c) => {
    const created = await createRoute(c.get('deps'), auditContext(c), await configJson(c))
    return tagged(c, created, `/v1/routes/${created.id}`)
  },
  'GET /v1/routes/:id': async (c) => tagged(c, await getRoute(c.get('deps'), id(c))),
  'PATCH /v1/routes/:id': async (c) => tagged(c, await updateRoute(c.get('deps'), auditContext(c), id(c), await configJson(c))),
  'DELETE /v1/routes/:id': async (c) => c.json(await deleteRoute(c.get('deps'), auditContext(c), id(c), await why(c))),
  'POST /v1/routes/:id/clone': (c) => cloned(c, ROUTE_CLONING, '/v1/routes'),
  'POST /v1/routes/:id/enable': async (c) =>
    tagged(c, await setRouteEnabled(c.get('deps'), auditContext(c), id(c), true, await why(c))),
  'POST /v1/routes/:id/disable': async (c) =>
    tagged(c, await setRouteEnabled(c.get('deps'), auditContext(c), id(c), false, await why(c))),
} satisfies Record<string, ControlHandler>
