import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { localFetch } from '@orchestrator/dev/lib/local-fetch'
import { seedConfig } from '@orchestrator/dev/runtime/seed-config'
import { publishConfig } from '@orchestrator/shared/config/publish'
import type { ConfigBindings } from '@orchestrator/shared/config/snapshot-store'
import { type BulkOperation, type BulkPlan, MAX_BULK_RATE } from '@orchestrator/shared/contracts/bulk-api'
import { connector, operation } from '@orchestrator/shared/contracts/connector'
import { policyInput } from '@orchestrator/shared/contracts/policy-input'
import type { Seen } from '../load/upstream-server.ts'
import { token } from '../support/control.ts'
import { eventually } from '../support/eventually.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { writeDead } from './dead-letters.ts'
import { RequestClock } from './request-clock.ts'

const UPSTREAM = 'upstream'
const SHARDS = [0, 1] as const
const PATIENT_FROM = 5_000
const PRODUCTION_GRACE_MS = 120_000

type Ended = Pick<BulkOperation, 'status' | 'total' | 'done' | 'skipped' | 'failed' | 'lastError'>

export interface ReplayReport {
  planned: number
  /** Of the operation that was paused, resumed and cancelled, and of the one that did the rest. */
  first: Ended
  second: Ended
  /** While it was paused. */
  doneWhilePaused: number
  /** Jobs by state and generation at the end: `succeeded 2`. */
  jobs: Record<string, number>
  /** Different idempotency keys that the upstream saw: effects. And those that are no job's. */
  effects: number
  foreign: number
  /** Calls beyond those: attempts that the kill cut off, repeated under their keys. */
  repeats: number
  requests: number
  slowestMs: number
  slowest: string
  seconds: { seeding: number; replaying: number; untilWorked: number }
}

/**
 * An outage left that many dead letters. They are replayed by an operation that is paused, resumed and cancelled, and by a second
 * one during which every Worker is killed, while operators look on. Ends when every job has ended.
 */
export async function replayAtScale(count: number, print: (line: string) => void): Promise<ReplayReport> {
  const upstream = fork(join(import.meta.dirname, '../load/upstream-server.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const upstreamPort = ((await once(upstream, 'message')) as [number])[0]
  const stack = await startStack()
  try {
    return await run(stack, upstreamPort, count, print)
  } finally {
    await stack.stop()
    upstream.disconnect()
  }
}

async function run(stack: Stack, upstreamPort: number, count: number, print: (line: string) => void): Promise<ReplayReport> {
  const { port, runtime } = stack
  const db = (shard: number) =>
    runtime.mf.getD1Database(`DATA_0${shard}`, 'orchestrator-control') as unknown as Promise<D1Database>
  const bindings = await runtime.mf.getBindings<ConfigBindings>('orchestrator-execution')
  const configRevision = await publish(bindings, port, upstreamPort, count)
  const begun = performance.now()
  const since = (from: number): number => Math.round((performance.now() - from) / 1_000)
  const ids = new Set<string>()
  for (const shard of SHARDS) {
    const share = shard === 0 ? Math.ceil(count / 2) : Math.floor(count / 2)
    const dead = { shard, count: share, connector: UPSTREAM, operation: 'call', configRevision }
    for (const id of await writeDead(await db(shard), dead)) ids.add(id)
  }
  const seeding = since(begun)
  print(`${count} dead letters are there after ${seeding} s`)

  const clock = new RequestClock(port, await token(port, 'operator@example.com'))
  // Few are replayed slowly enough to be paused and cancelled on the way.
  const ratePerSecond = Math.min(MAX_BULK_RATE, Math.ceil(count / 20))
  const filter = { connector: UPSTREAM }
  const target = { kind: 'replay_dead_letters', filter }
  const { count: planned } = await clock.ask<BulkPlan>('/v1/bulk-operations/plan', { target, ratePerSecond })
  const start = async () =>
    (await clock.ask<BulkOperation>('/v1/bulk-operations', { target, ratePerSecond, reason: 'the upstream is back' })).id
  const get = (id: string) => clock.ask<BulkOperation>(`/v1/bulk-operations/${id}`)
  const decide = (id: string, what: string) => clock.ask<BulkOperation>(`/v1/bulk-operations/${id}/${what}`, { reason: 'a test' })
  const comesTo = (id: string, done: number) =>
    eventually(`${done} being done`, 60_000 + count * 20, async () => {
      const now = await get(id)
      return now.done >= done || now.status !== 'running' || `${now.done} of ${now.total} (${now.lastError})`
    })
  const watching = clock.watch([
    '/v1/overview',
    '/v1/dead-letters?status=open',
    '/v1/dead-letters?class=timeout',
    '/v1/jobs?status=dead',
  ])

  const replayed = performance.now()
  const first = await start()
  await comesTo(first, count / 5)
  await decide(first, 'pause')
  await sleep(2_000)
  const paused = (await get(first)).done
  await sleep(2_000)
  const doneWhilePaused = (await get(first)).done - paused
  await decide(first, 'resume')
  await comesTo(first, count * 0.4)
  await decide(first, 'cancel')
  await sleep(2_000)
  print(`${(await get(first)).done} replayed, paused, resumed and cancelled after ${since(replayed)} s`)

  const second = await start()
  await comesTo(second, 1)
  clock.forgive(true)
  await runtime.restart()
  clock.forgive(false)
  print(`every Worker was killed and came back, after ${since(replayed)} s`)
  await comesTo(second, count)
  const replaying = since(replayed)
  print(`all are replayed after ${replaying} s`)

  // Not asked often, and of an index alone: it keeps the databases from their work.
  await eventually('every job having ended', 120_000 + count * 30, async () => {
    await sleep(2_000)
    const open = await liveJobs(await Promise.all(SHARDS.map(db)))
    return open === 0 || `${open} have not`
  })
  const untilWorked = since(replayed)
  await watching.stop()
  const seen = (await (await localFetch(`http://127.0.0.1:${upstreamPort}/__seen`)).json()) as Seen
  const keys = new Set(seen.keys)
  return {
    planned,
    first: endOf(await get(first)),
    second: endOf(await get(second)),
    doneWhilePaused,
    jobs: await jobsByState(await Promise.all(SHARDS.map(db))),
    effects: keys.size,
    foreign: [...keys].filter((key) => !ids.has(key)).length,
    repeats: seen.keys.length - keys.size,
    ...clock.report(),
    seconds: { seeding, replaying, untilWorked },
  }
}

function endOf({ status, total, done, skipped, failed, lastError }: BulkOperation): Ended {
  return { status, total, done, skipped, failed, lastError }
}

async function liveJobs(dbs: readonly D1Database[]): Promise<number> {
  const sql = 'SELECT count(*) AS n FROM jobs INDEXED BY jobs_wake WHERE wake_at IS NOT NULL'
  const counts = await Promise.all(dbs.map((db) => db.prepare(sql).first<number>('n')))
  return counts.reduce<number>((total, n) => total + (n ?? 0), 0)
}

async function jobsByState(dbs: readonly D1Database[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const db of dbs) {
    const sql = `SELECT state || ' ' || generation AS state, count(*) AS n FROM jobs GROUP BY 1`
    const { results } = await db.prepare(sql).all<{ state: string; n: number }>()
    for (const { state, n } of results) counts[state] = (counts[state] ?? 0) + n
  }
  return counts
}

/** The configuration of development, with an upstream of its own that nothing holds back. */
async function publish(bindings: ConfigBindings, port: number, upstreamPort: number, count: number): Promise<number> {
  const development = seedConfig(port, { version: 1, iv: '', ciphertext: '', validUntil: null })
  const content = {
    ...development,
    // Development's sweep would send every job of a long backlog again and again.
    settings: { ...development.settings, ...(count > PATIENT_FROM ? { resendGraceMs: PRODUCTION_GRACE_MS } : {}) },
    providers: [],
    routes: [],
    secrets: [],
    connectors: [
      connector.parse({
        id: UPSTREAM,
        baseUrl: `http://127.0.0.1:${upstreamPort}`,
        auth: { kind: 'none' },
        headers: {},
        policy: UPSTREAM,
        responseLimitBytes: 65_536,
      }),
    ],
    operations: [operation.parse({ connector: UPSTREAM, name: 'call', method: 'POST', path: '/call', body: '$' })],
    policies: [policyInput.parse({ id: UPSTREAM, circuitBreaker: null })],
  }
  return (await publishConfig(bindings, content, { author: 'replay', reason: 'a replay at scale', now: Date.now() })).revision
}
