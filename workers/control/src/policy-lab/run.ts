import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import type { Connector } from '@orchestrator/shared/contracts/connector'
import type { Policy } from '@orchestrator/shared/contracts/policy'
import type { PolicyLabReport, PolicyLabRequest } from '@orchestrator/shared/contracts/policy-lab'
import type { Shard } from '@orchestrator/shared/db/shards'
import { runLab } from '@orchestrator/shared/policy/lab/run'
import type { RecordedCall } from '@orchestrator/shared/policy/lab/types'
import { resolveTarget } from '@orchestrator/shared/operations/resolve-target'
import { findOrThrow, refuseIssues } from '../config/edit.ts'
import { readPolicy } from '../policies/read-policy.ts'
import { type AttemptFacts, MAX_ATTEMPTS, readAttempts } from './queries.ts'

interface Deps {
  configInForce(): Promise<ConfigSnapshot>
  liveShards(): Promise<Shard[]>
}

/** What a draft policy would have made of the recorded calls of a connector: nothing is called, nothing is changed. */
export async function runPolicyLab(deps: Deps, request: PolicyLabRequest): Promise<PolicyLabReport> {
  const { connector, operation, from, to } = request
  const [start, end] = [Date.parse(from), Date.parse(to)]
  if (start >= end) refuseIssues([{ path: 'to', message: 'is not after from' }])
  const config = await deps.configInForce()
  const draft = draftOf(request.policy, config)
  const inForce = policyInForce(config, findOrThrow(config.connectors, connector, 'connector'), operation)
  const { attempts, scanned, capped } = await readPeriod(await deps.liveShards(), connector, start, end)
  const report = await runLab({
    draft,
    inForce,
    calls: callsOf(attempts.filter((attempt) => operation === undefined || attempt.operation === operation)),
    attempts,
  })
  const waited = attempts.some(({ jobId }) => jobId === null)
    ? [
        'Calls by /execute are not run again, since how long their callers would have waited is not known; they tell how the upstream did.',
      ]
    : []
  return { connector, from, to, scanned, capped, ...report, assumptions: [...report.assumptions, ...waited] }
}

function draftOf(given: PolicyLabRequest['policy'], config: ConfigSnapshot): Policy {
  if (typeof given === 'string') return findOrThrow(config.policies, given, 'policy')
  return readPolicy({ id: 'draft' }, given)
}

/** What calls of a connector go by: of one operation, with what it has of its own. Null where the operation is gone. */
function policyInForce(config: ConfigSnapshot, connector: Connector, operation: string | undefined): Policy | null {
  if (operation !== undefined) {
    const target = resolveTarget(config, { connector: connector.id, operation, route: null, inboxId: null, policy: null })
    return target.ok ? target.value.policy : null
  }
  return config.policies.find(({ id }) => id === connector.policy) ?? null
}

async function readPeriod(shards: readonly Shard[], connector: string, from: number, to: number) {
  const attempts: AttemptFacts[] = []
  let scanned = 0
  let capped = false
  for (const shard of shards) {
    const part = await shard.read((db) => readAttempts(db, connector, from, to))
    attempts.push(...part.attempts)
    scanned += part.scanned
    capped ||= part.capped
    if (attempts.length < MAX_ATTEMPTS) continue
    return { attempts: attempts.slice(0, MAX_ATTEMPTS), scanned, capped: true }
  }
  return { attempts, scanned, capped }
}

/** One call for each generation of a job of which the first attempt is there: without it nobody knows when it came. */
function callsOf(attempts: readonly AttemptFacts[]): RecordedCall[] {
  const byCall = Map.groupBy(
    attempts.filter(({ jobId }) => jobId !== null),
    ({ jobId, generation }) => `${jobId}.${generation}`,
  )
  return [...byCall.values()]
    .map((found) => found.toSorted((a, b) => a.attempt - b.attempt))
    .filter(([first]) => first?.attempt === 1)
    .map((found) => ({ id: found[0]?.jobId ?? '', attempts: found }))
    .toSorted((a, b) => (a.attempts[0]?.startedAt ?? 0) - (b.attempts[0]?.startedAt ?? 0))
}
