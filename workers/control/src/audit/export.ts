import { endLine, ExportDigest, rowLine, startLine } from '@orchestrator/shared/audit/export-lines'
import { type AuditFilter, allOf, conditionsOf, toAuditFilter } from '@orchestrator/shared/audit/filter'
import { readChain } from '@orchestrator/shared/audit/read-chain'
import type { AuditEntryInput } from '@orchestrator/shared/audit/row'
import { seqBounds } from '@orchestrator/shared/audit/seq-bounds'
import { auditFilters, type SignedHead } from '@orchestrator/shared/contracts/audit-api'
import { utf8 } from '@orchestrator/shared/core/bytes'
import { errorMessage } from '@orchestrator/shared/core/errors'
import { toTime } from '@orchestrator/shared/core/time'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import type { Logger } from '@orchestrator/shared/telemetry/logger'
import * as z from 'zod'
import type { AuditContext } from './audit-context.ts'
import { CSV_HEADER, csvLine } from './csv.ts'
import type { AuditProofDeps } from './deps.ts'

export const auditExportQuery = auditFilters.extend({ format: z.enum(['jsonl', 'csv']).default('jsonl') })
type Query = z.output<typeof auditExportQuery>

interface Deps extends AuditProofDeps {
  now(): number
  logger: Logger
  appendAudit(entry: AuditEntryInput): Promise<AuditRow>
  control<T>(work: (db: D1Database) => Promise<T>): Promise<T>
}

/** Sequences that one query looks at: a Worker may ask D1 a thousand times in one request, so an export is about a million rows long at most. */
const PIECE = 2_000

const TYPES = { jsonl: 'application/jsonl', csv: 'text/csv; charset=utf-8' }

/**
 * Streams the log, oldest first, as far as it reaches when the export begins; that somebody takes it away is itself audited before. A piece
 * is read when the receiver has taken the one before. When one cannot be read the stream breaks: nothing ends as if it were whole.
 */
export async function exportAudit(deps: Deps, by: AuditContext, query: Query): Promise<Response> {
  const { format, ...given } = query
  const filters = Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined))
  const signedHead = await readSignedHead(deps)
  const own = await deps.appendAudit({
    ...by,
    action: 'audit.exported',
    target: 'audit',
    reason: null,
    intentSeq: null,
    before: null,
    after: { format, filters },
  })
  const filter = toAuditFilter(given)
  const pieces = readPieces(deps, filter, own.seq)
  const lines = format === 'csv' ? csvLines(pieces) : jsonLines(deps, pieces, { filters, own, signedHead })
  const name = `audit-${toTime(own.at).slice(0, 19).replaceAll(':', '-')}.${format}`
  return new Response(streamOf(lines, deps.logger), {
    headers: { 'content-type': TYPES[format], 'content-disposition': `attachment; filename="${name}"` },
  })
}

/** Null where there is none, or where R2 does not answer: the export tells which it holds. */
async function readSignedHead(deps: Deps): Promise<SignedHead | null> {
  try {
    return (await deps.readSignedHead())?.head ?? null
  } catch (error) {
    deps.logger.log('error', 'the signed heads of the audit log cannot be read', { cause: errorMessage(error) })
    return null
  }
}

async function* readPieces(deps: Deps, filter: AuditFilter, upTo: number): AsyncGenerator<AuditRow[]> {
  const isTimed = filter.from !== undefined || filter.to !== undefined
  const { above, below } = isTimed ? await deps.control((db) => seqBounds(db, filter)) : { above: 0, below: upTo + 1 }
  const last = Math.min(upTo, below - 1)
  const condition = allOf(conditionsOf(filter).values())
  for (let after = above; after < last;) {
    const { rows, until } = await deps.control((db) => readChain(db, { after, upTo: last, limit: PIECE }, condition))
    yield rows
    after = until
  }
}

async function* csvLines(pieces: AsyncIterable<AuditRow[]>): AsyncGenerator<string> {
  yield CSV_HEADER
  for await (const rows of pieces) yield rows.map(csvLine).join('')
}

async function* jsonLines(
  deps: Deps,
  pieces: AsyncIterable<AuditRow[]>,
  { filters, own, signedHead }: { filters: Record<string, string>; own: AuditRow; signedHead: SignedHead | null },
): AsyncGenerator<string> {
  const key = await deps.auditKey()
  const digest = new ExportDigest()
  const head = { seq: own.seq, hash: own.hash }
  const start = startLine({ exportedAt: toTime(own.at), filters, head, signedHead, publicKey: key.publicKey })
  digest.add(start)
  yield `${start}\n`
  let count = 0
  for await (const rows of pieces) {
    const lines = rows.map(rowLine)
    for (const line of lines) digest.add(line)
    count += lines.length
    yield lines.map((line) => `${line}\n`).join('')
  }
  yield `${await endLine(key, digest, count)}\n`
}

function streamOf(texts: AsyncGenerator<string>, logger: Logger): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          for (;;) {
            const { done, value } = await texts.next()
            if (done) return controller.close()
            // A piece of which a filter lets nothing through: on to the next one.
            if (value === '') continue
            return controller.enqueue(utf8(value))
          }
        } catch (error) {
          logger.log('error', 'an export of the audit log broke off', { cause: errorMessage(error) })
          controller.error(error)
        }
      },
      async cancel() {
        await texts.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )
}
