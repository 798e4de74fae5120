import type { ConfigRevisionSummary } from '@orchestrator/shared/contracts/config-document'
import { toTime } from '@orchestrator/shared/core/time'
import type { RevisionRow } from './queries.ts'

export function toSummary({ publishedAt, ...row }: RevisionRow, inForce: number | null): ConfigRevisionSummary {
  return { ...row, publishedAt: toTime(publishedAt), inForce: row.revision === inForce }
}
