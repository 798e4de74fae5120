import { executeRequest } from '@orchestrator/shared/contracts/execution-api'
import { AppError } from '@orchestrator/shared/core/errors'
import { parseRequest } from '@orchestrator/shared/http/issues'
import { readJson } from '@orchestrator/shared/http/read-json'
import { readIdempotencyKey, requestFingerprint, upstreamKey } from '@orchestrator/shared/idempotency/idempotency-key'
import type { ExecutionApp } from '../app.ts'
import { requireConnector, requireScope } from '../clients/authorise.ts'
import { clientDoor } from '../clients/door.ts'
import type { Isolate } from '../deps.ts'
import { EXECUTE_PATH } from '../execute/answer.ts'
import { checkInput } from '../execute/check-input.ts'
import { MAX_BODY_BYTES } from '../execute/constants.ts'
import { execute } from '../execute/execute.ts'
import { findTarget } from '../execute/find-target.ts'
import type { Work } from '../execute/run-call.ts'
import { createExecuteDeps } from './execute-deps.ts'

/** `POST /execute`: calls an operation of a connector under its policy, and answers what came of it (docs/execution.md). */
export function registerExecute(app: ExecutionApp, isolate: Isolate, door = clientDoor(isolate)): void {
  app.post(EXECUTE_PATH, door, async (c) => {
    const startedAt = Date.now()
    const { client, config, requestId, traceparent } = c.var
    const form = wantsRaw(c.req.header('accept')) ? 'raw' : 'json'
    const request = parseRequest(executeRequest, await readJson(c.req.raw, MAX_BODY_BYTES))
    const key = readIdempotencyKey(c.req.raw.headers)
    requireScope(client, 'execute')
    requireConnector(client, request.connector)
    const target = findTarget(config, request)
    checkInput(target.operation, request.input)
    if (key === undefined && target.policy.idempotency.required) {
      const detail = `The connector “${target.connector.id}” is called only with an Idempotency-Key header.`
      throw new AppError('idempotency_key_missing', detail)
    }
    const work: Work = {
      requestId,
      client,
      config,
      target,
      input: request.input,
      form,
      startedAt,
      deadlineAt: startedAt + Math.min(request.timeoutMs, target.policy.timeout.totalMs),
      signal: callerSignal(c.req.raw.signal),
      traceparent,
      upstreamKey: key === undefined ? requestId : await upstreamKey(client.id, key),
    }
    const fingerprint = key === undefined ? '' : await requestFingerprint(`${EXECUTE_PATH} ${form}`, request)
    const deps = createExecuteDeps(c.env, isolate, {
      config,
      context: c.executionCtx,
      logger: c.var.logger,
      reporter: c.var.reporter,
      tellLimit: (limit) => c.set('limits', [...c.var.limits, ['connector', limit]]),
    })
    const working = execute(deps, work, key === undefined ? null : { key, fingerprint })
    // When the caller goes away the platform ends the request, but what was begun is still to be settled and logged.
    c.executionCtx.waitUntil(working.catch(() => undefined))
    const response = await working
    // The log in DATA tells of a call that was made; an answer that is given again has only its line.
    c.set('quiet', !response.headers.has('idempotent-replayed'))
    return response
  })
  app.all(EXECUTE_PATH, (c) => {
    const detail = `Call ${EXECUTE_PATH} with POST, not ${c.req.method}.`
    throw new AppError('method_not_allowed', detail, { headers: { allow: 'POST' } })
  })
}

/** Whether the caller asks for the body as it comes (RFC 9110, section 12.5.1): names it, and does not rule it out. */
function wantsRaw(accept: string | undefined): boolean {
  return (accept ?? '').split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    return type === 'application/octet-stream' && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })
}

/** A signal of our own: the platform keeps that of the request from ending calls by itself. */
function callerSignal(request: AbortSignal): AbortSignal {
  const controller = new AbortController()
  const giveUp = () => controller.abort(new Error('the caller went away'))
  if (request.aborted) giveUp()
  else request.addEventListener('abort', giveUp, { once: true })
  return controller.signal
}
