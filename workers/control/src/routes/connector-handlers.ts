import { breakerRequest, connectorTestRequest } from '@orchestrator/shared/contracts/connector-api'
import { policyLabRequest } from '@orchestrator/shared/contracts/policy-lab'
import { parseRequest } from '@orchestrator/shared/http/issues'
import { auditContext } from '../audit/audit-context.ts'
import { connectorCloning } from '../connectors/clone.ts'
import { createConnector } from '../connectors/create.ts'
import { deleteConnector } from '../connectors/delete.ts'
import { getConnector } from '../connectors/get.ts'
import { connectorsQuery, listConnectors } from '../connectors/list.ts'
import { resetBreaker } from '../connectors/reset-breaker.ts'
import { setBreaker } from '../connectors/set-breaker.ts'
import { setConnectorPaused } from '../connectors/set-paused.ts'
import { testConnector } from '../connectors/test.ts'
import { updateConnector } from '../connectors/update.ts'
import type { ControlContext, ControlHandler } from '../context.ts'
import { cloneOperation } from '../operations/clone.ts'
import { createOperation } from '../operations/create.ts'
import { deleteOperation } from '../operations/delete.ts'
import type { OperationPlace } from '../operations/find.ts'
import { getOperation } from '../operations/get.ts'
import { listOperations, operationsQuery } from '../operations/list.ts'
import { updateOperation } from '../operations/update.ts'
import { runPolicyLab } from '../policy-lab/run.ts'
import { POLICY_CLONING } from '../policies/clone.ts'
import { createPolicy } from '../policies/create.ts'
import { deletePolicy } from '../policies/delete.ts'
import { getPolicy } from '../policies/get.ts'
import { listPolicies, policiesQuery } from '../policies/list.ts'
import { updatePolicy } from '../policies/update.ts'
import { cloned } from './clone-handler.ts'
import { configJson, id, mustSayWhy, name, tagged, why } from './params.ts'

const place = (c: ControlContext): OperationPlace => ({ connector: id(c), name: name(c) })
const operationPath = (at: OperationPlace): string => `/v1/connectors/${at.connector}/operations/${at.name}`

/** Outside services: where they are, what they offer, and under which policy they are called. */
export const CONNECTOR_HANDLERS = {
  'GET /v1/connectors': async (c) => c.json(await listConnectors(c.get('deps'), parseRequest(connectorsQuery, c.req.query()))),
  'POST /v1/connectors': async (c) => {
    const created = await createConnector(c.get('deps'), auditContext(c), await configJson(c))
    return tagged(c, created, `/v1/connectors/${created.id}`)
  },
  'GET /v1/connectors/:id': async (c) => tagged(c, await getConnector(c.get('deps'), id(c))),
  'PATCH /v1/connectors/:id': async (c) =>
    tagged(c, await updateConnector(c.get('deps'), auditContext(c), id(c), await configJson(c))),
  'DELETE /v1/connectors/:id': async (c) => c.json(await deleteConnector(c.get('deps'), auditContext(c), id(c), await why(c))),
  'POST /v1/connectors/:id/pause': async (c) =>
    tagged(c, await setConnectorPaused(c.get('deps'), auditContext(c), id(c), true, await mustSayWhy(c))),
  'POST /v1/connectors/:id/resume': async (c) =>
    tagged(c, await setConnectorPaused(c.get('deps'), auditContext(c), id(c), false, await mustSayWhy(c))),
  'POST /v1/connectors/:id/clone': (c) => cloned(c, connectorCloning(c.get('deps')), '/v1/connectors'),
  'PUT /v1/connectors/:id/breaker': async (c) => {
    const { state, reason } = parseRequest(breakerRequest, await configJson(c))
    return tagged(c, await setBreaker(c.get('deps'), auditContext(c), id(c), state, { reason }))
  },
  'DELETE /v1/connectors/:id/breaker': async (c) =>
    tagged(c, await setBreaker(c.get('deps'), auditContext(c), id(c), null, await why(c))),
  'POST /v1/connectors/:id/breaker/reset': async (c) =>
    tagged(c, await resetBreaker(c.get('deps'), auditContext(c), id(c), await mustSayWhy(c))),
  'POST /v1/connectors/:id/test': async (c) =>
    c.json(await testConnector(c.get('deps'), auditContext(c), id(c), parseRequest(connectorTestRequest, await configJson(c)))),

  'GET /v1/connectors/:id/operations': async (c) =>
    c.json(await listOperations(c.get('deps'), id(c), parseRequest(operationsQuery, c.req.query()))),
  'POST /v1/connectors/:id/operations': async (c) => {
    const created = await createOperation(c.get('deps'), auditContext(c), id(c), await configJson(c))
    return tagged(c, created, operationPath(created))
  },
  'POST /v1/connectors/:id/operations/:name/clone': async (c) => {
    const clone = await cloneOperation(c.get('deps'), auditContext(c), place(c), await configJson(c))
    return tagged(c, clone, operationPath(clone))
  },
  'GET /v1/connectors/:id/operations/:name': async (c) => tagged(c, await getOperation(c.get('deps'), place(c))),
  'PATCH /v1/connectors/:id/operations/:name': async (c) =>
    tagged(c, await updateOperation(c.get('deps'), auditContext(c), place(c), await configJson(c))),
  'DELETE /v1/connectors/:id/operations/:name': async (c) =>
    c.json(await deleteOperation(c.get('deps'), auditContext(c), place(c), await why(c))),

  'GET /v1/policies': async (c) => c.json(await listPolicies(c.get('deps'), parseRequest(policiesQuery, c.req.query()))),
  'POST /v1/policies': async (c) => {
    const created = await createPolicy(c.get('deps'), auditContext(c), await configJson(c))
    return tagged(c, created, `/v1/policies/${created.id}`)
  },
  'POST /v1/policies/lab': async (c) =>
    c.json(await runPolicyLab(c.get('deps'), parseRequest(policyLabRequest, await configJson(c)))),
  'GET /v1/policies/:id': async (c) => tagged(c, await getPolicy(c.get('deps'), id(c))),
  'POST /v1/policies/:id/clone': (c) => cloned(c, POLICY_CLONING, '/v1/policies'),
  'PATCH /v1/policies/:id': async (c) =>
    tagged(c, await updatePolicy(c.get('deps'), auditContext(c), id(c), await configJson(c))),
  'DELETE /v1/policies/:id': async (c) => c.json(await deletePolicy(c.get('deps'), auditContext(c), id(c), await why(c))),
} satisfies Record<string, ControlHandler>
