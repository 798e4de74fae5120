import { errorMessage } from '../core/errors.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { ConfigSources } from './loader.ts'
import { type ConfigBindings, latestRevision, readSnapshotFromDb, readSnapshotFromR2, revisionKey } from './snapshot-store.ts'

/** The loader's sources on real bindings. */
export function configSources(env: ConfigBindings, onFailure?: ConfigSources['onFailure']): ConfigSources {
  return {
    latestRevision: () => latestRevision(env.CONTROL_DB),
    fromDb: () => readSnapshotFromDb(env.CONTROL_DB),
    fromR2: () => readSnapshotFromR2(env.PAYLOADS),
    pinnedFromR2: (revision) => readSnapshotFromR2(env.PAYLOADS, revisionKey(revision)),
    pinnedFromDb: (revision) => readSnapshotFromDb(env.CONTROL_DB, revision),
    ...(onFailure ? { onFailure } : {}),
  }
}

/** The same; a source that fails is worth a line, since the isolate then goes on with what it has. */
export function loggedSources(env: ConfigBindings, logger: Logger): ConfigSources {
  return configSources(env, (source, error) =>
    logger.log('warn', 'the configuration could not be read', { source, cause: errorMessage(error) }),
  )
}
