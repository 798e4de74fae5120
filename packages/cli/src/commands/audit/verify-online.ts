import { isHeadSignedBy } from '@orchestrator/shared/audit/signed-head'
import {
  auditHead,
  type AuditHead,
  type AuditPublicKey,
  auditVerification,
  type AuditVerification,
} from '@orchestrator/shared/contracts/audit-api'
import type { Context } from '../../command-env.ts'
import { EXIT, type ExitCode } from '../../exit-codes.ts'
import { bar, createProgress, remaining } from '../../output/progress.ts'
import { counted, shortTime } from '../../output/time.ts'

/** Has the service check its log, as many requests as that takes. With keys, also that its newest head was signed by one of them. */
export async function verifyOnline(context: Context, keys: readonly AuditPublicKey[]): Promise<ExitCode> {
  const { client, print, colours } = context
  const head = await client.get('/v1/audit/head', auditHead)
  const verdict = (await foreignKey(head, keys)) ?? (await walk(context, head))
  const { added, removed, bold } = colours
  print(verdict, () => {
    if (!verdict.ok) return `${removed(bold(`Broken at row ${verdict.seq}:`))} ${verdict.message} (${verdict.broken})\n`
    const { signedHead, note } = verdict
    const signed = signedHead
      ? `Row ${signedHead.seq} was signed ${shortTime(signedHead.at)} UTC, key ${signedHead.keyId}.`
      : undefined
    const lines = [`${added(bold('Whole:'))} ${counted(verdict.checked, 'row')} up to row ${verdict.head.seq}.`, signed]
    return [...lines, note === null ? undefined : `Note: ${note}`].flatMap((line) => (line ? [`${line}\n`] : [])).join('')
  })
  return verdict.ok ? EXIT.ok : EXIT.found
}

async function walk({ client, io, json }: Context, { head, unsigned }: AuditHead): Promise<AuditVerification> {
  const progress = createProgress(io, json)
  const startedAt = io.now()
  const total = (head?.seq ?? 0) + unsigned
  let [after, checked] = [0, 0]
  for (;;) {
    const verdict = await client.get('/v1/audit/verify', auditVerification, { after })
    checked += verdict.checked
    if (!verdict.ok || verdict.next === null) {
      progress.clear()
      return { ...verdict, checked }
    }
    after = verdict.next
    progress.show(`${bar(Math.min(checked, total), total)} rows  ${remaining(checked, total, io.now() - startedAt)}`)
  }
}

/** The verdict where the newest head is signed by none of the keys. */
async function foreignKey({ head }: AuditHead, keys: readonly AuditPublicKey[]): Promise<AuditVerification | undefined> {
  if (keys.length === 0 || head === null) return undefined
  const signed = await Promise.all(keys.map((key) => isHeadSignedBy(key, head)))
  if (signed.includes(true)) return undefined
  const message = `the newest head is signed with the key ${head.keyId}, which is none of those you gave`
  return { ok: false, checked: 0, seq: head.seq, broken: 'signature', message }
}
