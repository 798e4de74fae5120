import type { BulkPlan, BulkTarget } from '@orchestrator/shared/contracts/bulk-api'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import { AppError, type Issue } from '@orchestrator/shared/core/errors'
import type { Shard } from '@orchestrator/shared/db/shards'
import { MAX_COUNTED, MAX_COUNTED_WEBHOOKS, SAMPLE_SIZE } from './constants.ts'
import { choose, type Count } from './queries.ts'
import { sourceOf } from './sources.ts'

export interface PlanDeps {
  now(): number
  liveShards(): Promise<Shard[]>
  configInForce(): Promise<ConfigSnapshot>
}

/** What an operation would be about if it began now, and how long it would take. Nothing is done. @throws AppError 400 */
export async function planBulk(deps: PlanDeps, target: BulkTarget, ratePerSecond: number): Promise<BulkPlan> {
  await checkTarget(deps, target)
  const [{ count, capped }, sample] = await Promise.all([countTarget(deps, target), sampleOf(deps, target)])
  return { target, count, capped, sample, ratePerSecond, estimatedSeconds: Math.ceil(count / ratePerSecond) }
}

/** How many there are in all live shards. */
export async function countTarget(deps: Pick<PlanDeps, 'now' | 'liveShards'>, target: BulkTarget): Promise<Count> {
  const cap = target.kind === 'replay_webhooks' ? MAX_COUNTED_WEBHOOKS : MAX_COUNTED
  const source = sourceOf(target, deps.now())
  const shards = await deps.liveShards()
  const counts = await Promise.all(shards.map((shard) => shard.read((db) => source.count(db, shard.number, cap))))
  return {
    count: counts.reduce((total, { count }) => total + count, 0),
    capped: counts.some(({ capped }) => capped),
  }
}

/** What no schema can see. @throws AppError 400 */
export async function checkTarget(deps: Pick<PlanDeps, 'configInForce'>, target: BulkTarget): Promise<void> {
  const issues: Issue[] = []
  const { from, to } = target.filter
  if (from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to)) {
    issues.push({ path: 'target.filter.to', message: 'is not after from' })
  }
  if (target.kind === 'replay_webhooks' && target.routes) {
    const { provider } = target.filter
    const { routes } = await deps.configInForce()
    const known = new Set(routes.filter((route) => route.enabled && route.provider === provider).map(({ id }) => id))
    if (provider === undefined)
      issues.push({ path: 'target.filter.provider', message: 'name the provider whose routes these are' })
    else
      for (const [n, route] of target.routes.entries()) {
        if (known.has(route)) continue
        issues.push({ path: `target.routes.${n}`, message: `“${provider}” has no enabled route “${route}”` })
      }
  }
  if (issues.length > 0) throw new AppError('validation_failed', 'Some fields are missing or wrong; see issues.', { issues })
}

async function sampleOf(deps: PlanDeps, target: BulkTarget): Promise<BulkPlan['sample']> {
  const source = sourceOf(target, deps.now())
  const sample: BulkPlan['sample'] = []
  for (const shard of await deps.liveShards()) {
    const want = SAMPLE_SIZE - sample.length
    if (want === 0) break
    const { keys } = await choose(source.newest ?? source, shard, null, want)
    if (keys.length > 0) sample.push(...(await shard.read((db) => source.describe(db, keys))))
  }
  return sample
}
