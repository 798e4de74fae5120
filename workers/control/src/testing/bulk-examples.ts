import type { AuditAction } from '@orchestrator/shared/contracts/audit'
import type { BulkOperation } from '@orchestrator/shared/contracts/bulk-api'
import { deadJobRow, deadLetterRow, insertRows, testId } from '@orchestrator/shared/testing/data-rows'
import { answer, ask, bindings } from './harness.ts'
import type { ExampleRequest, RouteExample } from './route-example.ts'

const NONE = 'blk_0001ARZ3NDEKTSV4RRFFQ69G5FAV'
const reason = 'as agreed'
const target = { kind: 'discard_dead_letters', filter: { connector: 'examples' } }

/** So many that none of these operations is over before it was looked at. */
async function deadLetters(): Promise<void> {
  const jobs = Array.from({ length: 30 }, () => deadJobRow({ id: testId('job', 1), connector: 'examples' }))
  await insertRows(bindings.DATA_01, 'jobs', ...jobs)
  await insertRows(bindings.DATA_01, 'dead_letters', ...jobs.map((job) => deadLetterRow(job)))
}

async function running(): Promise<string> {
  await deadLetters()
  const body = { target, ratePerSecond: 1, reason }
  return (await answer<BulkOperation>(ask('/v1/bulk-operations', { method: 'POST', as: 'operator', body }), 202)).id
}

const decision = (verb: 'pause' | 'resume' | 'cancel', action: AuditAction): RouteExample => ({
  request: { path: `/v1/bulk-operations/${NONE}/${verb}`, body: { reason }, target: NONE },
  async prepare(): Promise<Partial<ExampleRequest>> {
    const id = await running()
    const path = `/v1/bulk-operations/${id}`
    if (verb === 'resume') await answer(ask(`${path}/pause`, { method: 'POST', as: 'operator', body: { reason } }))
    return { path: `${path}/${verb}`, target: id }
  },
  audit: ['bulk_operation.decision_requested', action],
})

export const BULK_EXAMPLES = {
  'POST /v1/bulk-operations/plan': {
    request: { path: '/v1/bulk-operations/plan', body: { target, ratePerSecond: 1 }, target: '' },
    audit: [],
  },
  'POST /v1/bulk-operations': {
    request: { path: '/v1/bulk-operations', body: { target, ratePerSecond: 1, stopAfterFailures: 5, reason }, target: /^blk_/ },
    async prepare() {
      await deadLetters()
      return {}
    },
    audit: ['bulk_operation.started'],
    status: 202,
  },
  'POST /v1/bulk-operations/:id/pause': decision('pause', 'bulk_operation.paused'),
  'POST /v1/bulk-operations/:id/resume': decision('resume', 'bulk_operation.resumed'),
  'POST /v1/bulk-operations/:id/cancel': decision('cancel', 'bulk_operation.cancelled'),
} satisfies Record<string, RouteExample>
