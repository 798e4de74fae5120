import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { ErrorReporter } from '@orchestrator/shared/telemetry/sentry'
import { attemptJson, eventRow, insertRows } from '@orchestrator/shared/testing/data-rows'
import { describe, it } from 'vitest'
import worker from '../index.ts'
import { entry, rowsFrom, taskDeps, tipSeq } from '../testing/audit.ts'
import { bindings, intentIsOpen, publishTestConfig } from '../testing/harness.ts'
import { type MinuteTask, runMinuteTasks } from './run.ts'

const { CONTROL_DB: db, DATA_01, PAYLOADS: bucket } = bindings
const MINUTE = 60_000

describe('the cron of control', () => {
  it('does everything that is due each minute', async ({ expect }) => {
    await publishTestConfig()
    await bucket.delete('config/current')
    const refused = `INSERT INTO refused_callers (minute, slot, at, reason, method, path, ip, count)
      VALUES (?, 0, ?, 'token_missing', 'GET', '/v1/jobs', '203.0.113.9', 3)`
    const then = Date.now() - 5 * MINUTE
    await db
      .prepare(refused)
      .bind(Math.floor(then / MINUTE), then)
      .run()
    await insertRows(DATA_01, 'events', eventRow(1, { kind: 'attempt', connector: 'billing', attempt: attemptJson(1, false) }))
    const test = entry({ action: 'connector.test_requested', at: Date.now() - 10 * MINUTE })
    const { seq: intent } = await taskDeps.appendAudit(test)

    await worker.scheduled({} as ScheduledController, env, createExecutionContext())

    expect(await bucket.head('config/current')).not.toBeNull()
    const told = (await rowsFrom(intent + 1)).map(({ action, intentSeq }) => `${action} ${intentSeq}`)
    expect(new Set(told)).toEqual(new Set(['access.strangers_refused null', `intent.reconciled ${intent}`]))
    expect(await intentIsOpen(intent)).toBe(false)
    expect(await db.prepare("SELECT at FROM last_uses WHERE kind = 'connector' AND id = 'billing'").first('at')).not.toBeNull()
    const { head } = (await taskDeps.readSignedHead()) ?? {}
    expect(head?.seq).toBeGreaterThanOrEqual(intent)

    // What was written beside it is signed the next time.
    await worker.scheduled({} as ScheduledController, env, createExecutionContext())
    expect((await taskDeps.readSignedHead())?.head.seq).toBe(await tipSeq())
  })

  it('keeps no task from its turn because another one fails, and reports that one', async ({ expect }) => {
    const done: string[] = []
    const reported: unknown[] = []
    const reporter = { report: (_error: unknown, tags: unknown) => void reported.push(tags) } as unknown as ErrorReporter
    const tasks: MinuteTask[] = [
      { name: 'fails', run: () => Promise.reject(new Error('down')) },
      { name: 'works', run: async () => void done.push('works') },
    ]
    await runMinuteTasks(taskDeps, reporter, tasks)
    expect([done, reported]).toEqual([['works'], [{ task: 'fails' }]])
  })
})
