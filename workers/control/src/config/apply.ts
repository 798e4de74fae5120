import type { ChangeContext } from '@orchestrator/shared/config/change'
import { applyDocument } from '@orchestrator/shared/config/document'
import type { ConfigContent } from '@orchestrator/shared/config/revision'
import type { ConfigSnapshot } from '@orchestrator/shared/contracts/config'
import {
  type AppliedConfig,
  configApplyRequest,
  type ConfigPlan,
  configPlanRequest,
} from '@orchestrator/shared/contracts/config-document'
import { parseRequest } from '@orchestrator/shared/http/issues'
import type { LookUpDeps } from '../connectors/look-up.ts'
import { auditOf } from './audit-of.ts'
import { checkDocument } from './check-document.ts'
import type { ConfigDeps } from './deps.ts'
import { refuseIssues } from './edit.ts'
import { previewOf } from './effects.ts'
import { refuseMoved } from './refuse-moved.ts'
import { lookUpChanged } from './look-up-changed.ts'
import { declaredBy, readDocument } from './read-document.ts'

type Deps = ConfigDeps & LookUpDeps
interface Planned {
  content: ConfigContent
  plan: ConfigPlan
}

/** What a document would do to the configuration in force. @throws AppError 400 naming all that is wrong, by its place in the document */
export async function planConfig(deps: Deps, json: unknown): Promise<ConfigPlan> {
  const { document } = parseRequest(configPlanRequest, json)
  const current = await deps.configInForce()
  const decide = await planner(deps, document, current)
  return decide(current).plan
}

/** Makes the configuration what a document says: all of it in one revision, or nothing. */
export async function applyConfig(deps: Deps, by: ChangeContext, json: unknown): Promise<AppliedConfig> {
  const { document, reason, baseRevision } = parseRequest(configApplyRequest, json)
  const decide = await planner(deps, document, await deps.configInForce())
  const { value, ...changed } = await deps.changeConfig(by, (current) => {
    const { content, plan } = decide(current)
    refuseMoved(current, baseRevision)
    return { content, audit: { action: 'config.applied', target: 'config', reason, ...auditOf(plan) }, value: plan }
  })
  return { ...value, ...changed }
}

/** Reads the document and looks up its addresses once; what it does is worked out anew upon each state it meets. */
async function planner(deps: Deps, json: unknown, seen: ConfigSnapshot): Promise<(current: ConfigSnapshot) => Planned> {
  const document = readDocument(json)
  const declared = declaredBy(document)
  const looked = await lookUpChanged(deps, seen, document)
  return (current) => {
    const { revision: baseRevision, publishedAt: _publishedAt, ...before } = current
    const content = applyDocument(before, declared)
    refuseIssues([...document.issues, ...looked.issues, ...checkDocument(document, content, deps.egressRules)])
    const { changes, effects } = previewOf(current, content)
    return { content, plan: { baseRevision, changes, effects: [...effects, ...looked.oddities] } }
  }
}
