import { loggedSources } from '@orchestrator/shared/config/sources'
import { checkAddress } from '@orchestrator/shared/egress/check-address'
import { childTrace, formatTraceparent } from '@orchestrator/shared/telemetry/trace-context'
import { boundDb, type Isolate, onData, type Telemetry } from '../deps.ts'
import type { Env } from '../env.ts'
import { insertLog } from '../execute/store-log.ts'
import type { EgressCheckDeps } from './check-connectors.ts'

/** The real functions behind the hourly check. */
export function createEgressCheckDeps(env: Env, isolate: Isolate, { logger, reporter }: Telemetry): EgressCheckDeps {
  return {
    now: Date.now,
    config: () => isolate.loader.current(loggedSources(env, logger)),
    check: (address, allowedHosts) =>
      checkAddress(address, {
        environment: env.ENVIRONMENT,
        ownHosts: env.OWN_HOSTS,
        allowedHosts,
        fetch: (url, init) => fetch(url, init),
      }),
    newTraceparent: () => formatTraceparent(childTrace(null)),
    writeLog: (shard, rows) => onData(insertLog(boundDb(env, shard), rows)),
    logger,
    report: (error, tags) => reporter.report(error, tags),
  }
}
