import type { ChangeContext } from '@orchestrator/shared/config/change'
import { applyDocument, declaredOf, documentOf } from '@orchestrator/shared/config/document'
import { type ConfigContent, contentOf } from '@orchestrator/shared/config/revision'
import type { Client } from '@orchestrator/shared/contracts/client'
import type { ConfigSnapshot, SecretRef, SecretVersion } from '@orchestrator/shared/contracts/config'
import type { AppliedConfig, RollbackRequest } from '@orchestrator/shared/contracts/config-document'
import type { Issue } from '@orchestrator/shared/core/errors'
import { auditOf } from '../config/audit-of.ts'
import { checkDocument } from '../config/check-document.ts'
import type { ConfigDeps } from '../config/deps.ts'
import { previewOf } from '../config/effects.ts'
import { readDocument } from '../config/read-document.ts'
import { refuseMoved } from '../config/refuse-moved.ts'
import type { EgressRules } from '../connectors/address-issue.ts'
import { currentVersion } from '../secrets/current-version.ts'
import type { RevisionDeps } from './deps.ts'
import { findRevision } from './find.ts'

interface SecretOpening {
  /** With any key that control has. `undefined` when none fits. */
  openSecret(name: string, sealed: SecretVersion): Promise<string | undefined>
}

/**
 * Declares again what a revision declared, as a new revision: what was decided since about values of secrets, keys of clients,
 * pauses, forced breakers and shards stays decided. A stored secret that is gone comes back with the values it had then; a client
 * that is gone comes back without keys, but with the service tokens that it declares, which is told.
 * @throws AppError 404, 412 where `baseRevision` is no longer in force
 */
export async function rollBack(
  deps: ConfigDeps & RevisionDeps & SecretOpening & { egressRules: EgressRules },
  by: ChangeContext,
  revision: number,
  { reason, baseRevision }: RollbackRequest,
): Promise<AppliedConfig> {
  const target = await findRevision(deps, revision)
  const document = readDocument(documentOf(target))
  const { value, ...changed } = await deps.changeConfig(by, async (current) => {
    refuseMoved(current, baseRevision)
    const { content, returned } = rolledBack(current, target)
    const known = new Set(current.clients.map(({ id }) => id))
    const back = content.clients.filter(({ id }) => !known.has(id))
    const { changes, effects } = previewOf(current, content)
    const odd = [...document.issues, ...checkDocument(document, content, deps.egressRules)]
    const told = await Promise.all(returned.map((secret) => returnInWords(deps, revision, secret)))
    const plan = {
      baseRevision: current.revision,
      changes,
      effects: [...effects, ...told, ...back.map(backInWords(revision)), ...odd.map(oddInWords)],
    }
    const { before, after } = auditOf(plan)
    return {
      content,
      audit: {
        action: 'config.rolled_back',
        target: `config:${revision}`,
        reason,
        before,
        after: { ...after, rolledBackTo: revision },
      },
      value: plan,
    }
  })
  return { ...value, ...changed }
}

/** The content that a rollback publishes, and the secrets that come back with it. */
export function rolledBack(current: ConfigSnapshot, target: ConfigSnapshot): { content: ConfigContent; returned: SecretRef[] } {
  const content = applyDocument(contentOf(current), declaredOf(contentOf(target)))
  const stored = new Set(current.secrets.flatMap(({ name, source }) => (source === 'stored' ? name : [])))
  const then = new Map(target.secrets.map((secret) => [secret.name, secret]))
  const secrets = content.secrets.map((secret) =>
    secret.source === 'stored' && !stored.has(secret.name) ? (then.get(secret.name) ?? secret) : secret,
  )
  const returned = secrets.filter(({ name, source }) => source === 'stored' && !stored.has(name))
  return { content: { ...content, secrets }, returned }
}

/** Rules may have become stricter since. Who has to go back is not held up by that, but told. */
const oddInWords = ({ path, message }: Issue): string =>
  `It would be refused today, and comes back as it was: ${path}: ${message}.`

const backInWords =
  (revision: number) =>
  ({ id, serviceTokens }: Client): string =>
    serviceTokens.length === 0
      ? `The client ${id} comes back as revision ${revision} declared it, without keys.`
      : `The client ${id} comes back as revision ${revision} declared it, without keys, and its service tokens (${serviceTokens.join(', ')}) let their holders in again. If it was deleted to keep them out, take the tokens away from it, or delete it again.`

async function returnInWords(deps: SecretOpening, revision: number, secret: SecretRef): Promise<string> {
  const { name } = secret
  const current = currentVersion(secret)
  if (!current) return `The secret ${name} comes back without a value.`
  const what = `with the value that it had in revision ${revision} (version ${current.version})`
  // It was sealed then, and nobody seals anew what stands in old revisions.
  if ((await deps.openSecret(name, current)) === undefined) {
    return `The secret ${name} comes back ${what}, which cannot be read: the SECRETS_KEY it was sealed under is gone. Write another one by PUT /v1/secrets/${name}.`
  }
  return `The secret ${name} comes back ${what}. If it was taken away because somebody knew it, write another one.`
}
