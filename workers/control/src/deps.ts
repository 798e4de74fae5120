import { createJwksFetcher, JwksCache } from '@orchestrator/shared/access/jwks'
import { readRoleBindings, RoleCache } from '@orchestrator/shared/access/role-bindings'
import type { AccessRejection, Identity } from '@orchestrator/shared/access/rejection'
import { verifyAccessToken } from '@orchestrator/shared/access/verify-token'
import { appendAudit, type AuditedChange, changeAudited } from '@orchestrator/shared/audit/append'
import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import { catchUpMirror } from '@orchestrator/shared/config/catch-up-mirror'
import { changeConfig, readConfigInForce } from '@orchestrator/shared/config/change'
import { ConfigLoader } from '@orchestrator/shared/config/loader'
import { configSources } from '@orchestrator/shared/config/sources'
import type { Role } from '@orchestrator/shared/contracts/audit'
import type { ConfigSnapshot, SecretRef } from '@orchestrator/shared/contracts/config'
import type { JobMessage, QueueName } from '@orchestrator/shared/contracts/queue'
import { type Clock, withDeadline } from '@orchestrator/shared/core/clock'
import { AppError, errorMessage } from '@orchestrator/shared/core/errors'
import { newId } from '@orchestrator/shared/core/ids'
import type { Result } from '@orchestrator/shared/core/result'
import { type AddressCheck, checkAddress } from '@orchestrator/shared/egress/check-address'
import { createKeyFetcher, KeyCache } from '@orchestrator/shared/keys/key-fetcher'
import { readBody, type StoredBody } from '@orchestrator/shared/payloads/body'
import { secretsKeysOf } from '@orchestrator/shared/secrets/envelope'
import { type ResolvedSecret, resolveSecret } from '@orchestrator/shared/secrets/resolve'
import type { FetchKey } from '@orchestrator/shared/verification/types'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import { type BulkDeps, createBulkDeps } from './bulk-operations/deps.ts'
import { checksOf, UNCONDITIONAL, type WriteConditions } from './config/conditions.ts'
import type { ConfigDeps } from './config/deps.ts'
import { createInUseDeps, type InUseDeps } from './config/in-use-deps.ts'
import type { EgressRules } from './connectors/address-issue.ts'
import { type Shard, shardById, shardByNumber } from '@orchestrator/shared/db/shards'
import { audited, controlled, neighbour, payload, postToNeighbour } from './deadlines.ts'
import type { ControlEnv } from './env.ts'
import { type BreakerDeps, createBreakerDeps } from './breakers/deps.ts'
import { createProbes } from './health/probes.ts'
import { createImpersonationDeps } from './impersonation/deps.ts'
import { createJobDeps, type JobDeps } from './jobs/deps.ts'
import { createSecretDeps, type SecretDeps } from './secrets/deps.ts'
import { type AuditDeps, createAuditDeps } from './audit/deps.ts'
import type { Probe } from '@orchestrator/shared/http/probes'

/** What an isolate remembers: data only. */
const isolate = {
  config: new ConfigLoader(Date.now),
  jwks: new JwksCache(),
  roles: new RoleCache(),
  keys: new KeyCache(),
}

const SEND_DEADLINE_MS = 1_500
const SECRET_DEADLINE_MS = 1_500
/** The deadlines of ingress' own places are 1.5 s each, and there are three, ms. */
const INGRESS_DEADLINE_MS = 4_800
/** What execution takes beside the call itself, ms. */
const TEST_GRACE_MS = 5_000

/** The plain functions that rooms work with. */
export interface Deps
  extends
    ConfigDeps,
    ReturnType<typeof createImpersonationDeps>,
    BreakerDeps,
    BulkDeps,
    InUseDeps,
    JobDeps,
    SecretDeps,
    AuditDeps {
  now: Clock
  logger: Logger
  authenticate(token: string | undefined): Promise<Result<Identity, AccessRejection>>
  roles(who: Identity): Promise<Role[]>
  /** This isolate reads everybody's roles anew; the others do within 5 s. */
  forgetRoles(): void
  appendAudit(entry: AuditEntryInput): Promise<AuditRow>
  /** Changes CONTROL_DB together with its audit row. */
  changeAudited<T>(decide: (seq: number) => Promise<AuditedChange<T>>): Promise<{ row: AuditRow | null; value: T }>
  control<T>(work: (db: D1Database) => Promise<T>): Promise<T>
  config(): Promise<ConfigSnapshot>
  /** Copies the revision in force to R2 where it is missing there, and answers which. */
  catchUpMirror(): Promise<number | null>
  /** The revision a job pinned, or the one in force where that cannot be read; `undefined` when neither can. */
  configFor(revision: number): Promise<ConfigSnapshot | undefined>
  /** The live shards, newest first. */
  liveShards(): Promise<Shard[]>
  /** The shard that new rows go to. */
  writeShard(): Promise<Shard>
  shardOf(id: string): Shard | undefined
  shardNumbered(number: number): Shard | undefined
  sendJob(queue: QueueName, message: JobMessage, delaySeconds?: number): Promise<void>
  /** A webhook's body, wherever it is kept; `undefined` when it is gone. */
  readPayload(stored: StoredBody): Promise<Uint8Array<ArrayBuffer> | undefined>
  newJobId(shard: number, now: number): string
  randomBytes(count: number): Uint8Array
  egressRules: EgressRules
  lookUp(address: string): Promise<AddressCheck>
  /** Puts a webhook that waits in a message back to the webhook queue. */
  returnToWebhookQueue(message: unknown, delaySeconds: number): Promise<void>
  backlog(queue: QueueName): Promise<number>
  probes: readonly Probe[]
  /** The values a secret has now, as far as control can read them. */
  resolveSecret(ref: SecretRef): Promise<ResolvedSecret[]>
  fetchKey: FetchKey
  /** @throws AppError 503 when ingress cannot be reached, or does not answer in time. */
  sendToIngress(request: Request): Promise<Response>
  /** One real call. @throws AppError 503 when execution cannot be reached, or does not answer in time. */
  callConnector(call: { connector: string; operation: string; input: unknown; timeoutMs: number }): Promise<Response>
}

/** The real ones, for one request: `conditions` are what it asks of its changes, once that is known. */
export function createDeps(env: ControlEnv, logger: Logger, conditions: () => WriteConditions = () => UNCONDITIONAL): Deps {
  const sources = configSources(env, (source, error) =>
    logger.log('warn', 'configuration source failed', { source, cause: errorMessage(error) }),
  )
  const queues = queuesOf(env)
  const egressRules = egressRulesOf(env)
  const fetchJwks = createJwksFetcher(env.ACCESS_ISSUER, fetch)
  const config = (): Promise<ConfigSnapshot> => isolate.config.current(sources)
  const control: Deps['control'] = (work) => controlled(() => work(env.CONTROL_DB))

  return {
    ...createInUseDeps({ ingress: env.INGRESS, execution: env.EXECUTION }, logger),
    ...createBreakerDeps(env),
    ...createJobDeps(env),
    ...createImpersonationDeps(env),
    ...createBulkDeps(env, queues),
    now: Date.now,
    logger,
    authenticate: (token) =>
      verifyAccessToken(token, {
        issuer: env.ACCESS_ISSUER,
        audience: env.ACCESS_AUDIENCE,
        now: Date.now(),
        findKey: (kid) =>
          isolate.jwks.find(kid, Date.now(), fetchJwks, (error) =>
            logger.log('error', 'the keys of Access cannot be fetched', { cause: errorMessage(error) }),
          ),
      }),
    roles: (who) => isolate.roles.roles(who, Date.now(), (someone) => control((db) => readRoleBindings(db, someone))),
    forgetRoles: () => isolate.roles.forget(),
    appendAudit: (entry) => audited(() => appendAudit(env.CONTROL_DB, entry)),
    changeAudited: (decide) => audited(() => changeAudited(env.CONTROL_DB, decide)),
    control,
    config,
    // Not the isolate's copy, which may be some seconds old: who changes something wants to see it.
    configInForce: () => control(readConfigInForce),
    catchUpMirror: () => catchUpMirror(env),
    changeConfig: (by, decide) =>
      audited(() =>
        changeConfig(env, by, decide, {
          onMirrorFailure: (error) =>
            logger.log('error', 'a revision could not be copied to R2; it will be within a minute', {
              cause: errorMessage(error),
            }),
          ...checksOf(conditions()),
        }),
      ),
    async configFor(revision) {
      try {
        const current = await config()
        return current.revision === revision ? current : ((await isolate.config.pinned(revision, sources)) ?? current)
      } catch {
        return undefined
      }
    },
    async liveShards() {
      const { settings } = await config()
      return settings.liveShards.flatMap((number) => shardByNumber(env, number) ?? [])
    },
    async writeShard() {
      const { settings } = await config()
      const shard = shardByNumber(env, settings.writeShard)
      if (!shard) throw new AppError('unavailable', 'The shard that new rows go to is not bound.')
      return shard
    },
    shardOf: (id) => shardById(env, id),
    shardNumbered: (number) => shardByNumber(env, number),
    sendJob: async (queue, message, delaySeconds = 0) =>
      void (await withDeadline(queues[queue].send(message, { delaySeconds }), SEND_DEADLINE_MS, `${queue} queue`)),
    readPayload: (stored) => payload(() => readBody(stored, env.PAYLOADS)),
    newJobId: (shard, now) => newId('job', shard, now, Math.random),
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    egressRules,
    lookUp: (address) => checkAddress(address, { ...egressRules, allowedHosts: [], fetch: (url, init) => fetch(url, init) }),
    returnToWebhookQueue: async (message, delaySeconds) =>
      void (await withDeadline(
        env.WEBHOOK_QUEUE.send(message, { contentType: 'v8', delaySeconds }),
        SEND_DEADLINE_MS,
        'webhook queue',
      )),
    backlog: async (queue) => (await queues[queue].metrics()).backlogCount,
    probes: createProbes(env),
    ...createSecretDeps(env),
    ...createAuditDeps(env),
    resolveSecret: (ref) =>
      withDeadline(
        resolveSecret(ref, { secretsKey: secretsKeysOf(env), env, now: Date.now() }),
        SECRET_DEADLINE_MS,
        'the secret',
      ),
    fetchKey: createKeyFetcher(isolate.keys, {
      fetch: (url, init) => fetch(url, init),
      now: Date.now,
      onFailure: (url, error) => logger.log('warn', 'a key could not be fetched', { url, cause: errorMessage(error) }),
    }),
    sendToIngress: (request) => neighbour('ingress', env.INGRESS, request, INGRESS_DEADLINE_MS),
    callConnector: (call) => postToNeighbour('execution', env.CONNECTOR_TEST, call, call.timeoutMs + TEST_GRACE_MS),
  }
}

/** The revision this isolate last worked with. */
export const configRevisionInUse = (): number | null => isolate.config.revision

/** The console and we ourselves are our own, too. */
function egressRulesOf({ ENVIRONMENT: environment, OWN_HOSTS, ALLOWED_ORIGINS }: ControlEnv): EgressRules {
  return { environment, ownHosts: [...OWN_HOSTS, ...ALLOWED_ORIGINS.map((origin) => new URL(origin).hostname)] }
}

function queuesOf(env: ControlEnv): Record<QueueName, Queue> {
  return { webhook: env.WEBHOOK_QUEUE, critical: env.CRITICAL_QUEUE, default: env.DEFAULT_QUEUE, low: env.LOW_QUEUE }
}
