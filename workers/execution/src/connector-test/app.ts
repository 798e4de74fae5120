import { readConfigInForce } from '@orchestrator/shared/config/change'
import type { Client } from '@orchestrator/shared/contracts/client'
import { executeRequest } from '@orchestrator/shared/contracts/execution-api'
import { withDeadline } from '@orchestrator/shared/core/clock'
import { AppError } from '@orchestrator/shared/core/errors'
import { createApp } from '@orchestrator/shared/http/app'
import { parseRequest } from '@orchestrator/shared/http/issues'
import { readJson } from '@orchestrator/shared/http/read-json'
import type { Target } from '@orchestrator/shared/operations/resolve-target'
import { type Isolate, thisIsolate } from '../deps.ts'
import type { Env } from '../env.ts'
import { checkInput } from '../execute/check-input.ts'
import { MAX_BODY_BYTES } from '../execute/constants.ts'
import { execute } from '../execute/execute.ts'
import { findTarget } from '../execute/find-target.ts'
import { createExecuteDeps } from '../routes/execute-deps.ts'

const CONFIG_DEADLINE_MS = 3_000

/** Who calls, for limits and the log. `/` stands in no name, so it is no client's. */
const TESTER: Client = {
  id: 'control/test',
  name: 'Test of a connector',
  enabled: true,
  keys: [],
  scopes: ['execute'],
  connectors: null,
  queues: null,
  rateLimit: null,
  serviceTokens: [],
}

/**
 * One real call that an operator tries, answered as `POST /execute` answers: by the same code, through the same gates, and in the
 * log like any other. It goes by the configuration as it is now, not some seconds ago: who just saved a connector tries that one.
 */
export function createConnectorTest(isolate: Isolate = thisIsolate) {
  const app = createApp<Env>({ worker: 'execution' })
  app.post('/', async (c) => {
    const startedAt = Date.now()
    const { requestId, traceparent, logger, reporter } = c.var
    const request = parseRequest(executeRequest, await readJson(c.req.raw, MAX_BODY_BYTES))
    const config = await configOf(c.env)
    const target = once(findTarget(config, request))
    checkInput(target.operation, request.input)
    const context = c.executionCtx
    const deps = createExecuteDeps(c.env, isolate, { config, context, logger, reporter, tellLimit: () => undefined })
    const work = {
      requestId,
      client: TESTER,
      config,
      target,
      input: request.input,
      form: 'json' as const,
      startedAt,
      deadlineAt: startedAt + Math.min(request.timeoutMs, target.policy.timeout.totalMs),
      signal: new AbortController().signal,
      traceparent,
      upstreamKey: requestId,
    }
    return await execute(deps, work, null)
  })
  return app
}

/** A test is one call: no second try, and no hedge. */
function once(target: Target): Target {
  const { policy } = target
  return { ...target, policy: { ...policy, retry: { ...policy.retry, maxAttempts: 1 }, hedge: null } }
}

async function configOf({ CONTROL_DB }: Env) {
  try {
    return await withDeadline(readConfigInForce(CONTROL_DB), CONFIG_DEADLINE_MS, 'CONTROL_DB')
  } catch (cause) {
    throw new AppError('unavailable', 'The configuration cannot be read right now.', { cause, retryAfterSeconds: 5 })
  }
}
