import { localFetch } from '@orchestrator/dev/lib/local-fetch'
import { CLIENT_KEY } from '@orchestrator/dev/values'
import type { AppliedConfig, ConfigExport, ConfigInUse, WrittenDocument } from '@orchestrator/shared/contracts/config-document'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { effects } from '../support/billing.ts'
import { ask } from '../support/control.ts'
import { eventually } from '../support/eventually.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { post, type Sent } from '../support/webhooks.ts'

const EVERY_MS = 150
/** A revision is everywhere in force by then: isolates look after 5 s, and have 300 ms for it. */
const IN_FORCE_MS = 5_300
/** Traffic before, between and after the changes, ms. */
const STRETCH_MS = 7_000

interface Call {
  startedAt: number
  endedAt: number
  status: number
  /** What the operation sent to the upstream, which sends it back. */
  echoed: unknown
}

describe('a revision rolled back under live traffic', () => {
  let stack: Stack

  beforeAll(async () => {
    stack = await startStack()
  })
  afterAll(() => stack?.stop())

  const execute = async (): Promise<Call> => {
    const startedAt = Date.now()
    const response = await localFetch(`http://execution.localhost:${stack.port}/execute`, {
      method: 'POST',
      headers: { authorization: `Bearer ${CLIENT_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ connector: 'billing', operation: 'echo', input: { n: 1 } }),
      timeoutMs: 20_000,
    })
    const { body } = (await response.json()) as { body?: unknown }
    return { startedAt, endedAt: Date.now(), status: response.status, echoed: body }
  }

  const send = async (n: number) => {
    const startedAt = Date.now()
    const sent = await post(stack.port, `evt_roll_${n}`, `sub_roll_${n}`)
    return { ...sent, startedAt, endedAt: Date.now() }
  }

  /** Webhooks and calls at a steady pace, until told to stop. */
  function traffic() {
    const calls: Promise<Call>[] = []
    const webhooks: Promise<Sent & { startedAt: number; endedAt: number }>[] = []
    const ended = new AbortController()
    const running = (async () => {
      for (let n = 0; !ended.signal.aborted; n++) {
        calls.push(execute())
        webhooks.push(send(n))
        await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
      }
    })()
    return async () => {
      ended.abort()
      await running
      return { calls: await Promise.all(calls), webhooks: await Promise.all(webhooks) }
    }
  }

  /** The revision that each webhook's job was made under. */
  const revisionsByEvent = async (): Promise<Map<string, number>> => {
    const db = await stack.runtime.mf.getD1Database('DATA_00', 'orchestrator-execution')
    const { results } = await db
      .prepare('SELECT i.event_id AS event, j.config_revision AS revision FROM inbox i JOIN jobs j ON j.inbox_id = i.id')
      .all<{ event: string; revision: number }>()
    return new Map(results.map(({ event, revision }) => [event, revision]))
  }

  const pause = () => new Promise((resolve) => setTimeout(resolve, STRETCH_MS))
  /** A change, when it was asked for and when it was made. */
  const change = async (path: string, body: object): Promise<{ askedAt: number; madeAt: number; revision: number }> => {
    const askedAt = Date.now()
    const { status, body: answered } = await ask<AppliedConfig>(stack.port, 'admin', path, body)
    if (status !== 200) throw new Error(JSON.stringify(answered))
    return { askedAt, madeAt: Date.now(), revision: answered.configRevision }
  }

  it('no request fails, and the new behaviour is in force within 5 s', async ({ expect }) => {
    const { body: before } = await ask<ConfigExport>(stack.port, 'viewer', '/v1/config')
    const document = before.document as WrittenDocument
    const connectors = document.connectors?.map((connector) => ({
      ...connector,
      operations: connector.operations?.map((one) => (one.name === 'echo' ? { ...one, body: '{"changed": n}' } : one)),
    }))
    await execute()
    const stop = traffic()
    const applyAndRollBack = async () => {
      await pause()
      const mistake = await change('/v1/config/apply', { document: { ...document, connectors }, reason: 'a mistake' })
      await pause()
      const undone = await change(`/v1/config-revisions/${before.revision}/rollback`, { reason: 'it was one' })
      await pause()
      const { body } = await ask<ConfigInUse>(stack.port, 'viewer', '/v1/config/in-use')
      return [mistake, undone, body] as const
    }
    const changes = applyAndRollBack()
    // Whatever comes of it, the traffic ends.
    await changes.catch(() => undefined)
    const { calls, webhooks } = await stop()
    const [applied, rolledBack, inUse] = await changes

    expect([applied.revision, rolledBack.revision]).toEqual([before.revision + 1, before.revision + 2])
    expect(inUse.workers.map(({ revision }) => revision)).toEqual([rolledBack.revision, rolledBack.revision, rolledBack.revision])
    expect(calls.length).toBeGreaterThan((2 * STRETCH_MS) / EVERY_MS)
    expect(calls.filter(({ status }) => status !== 200)).toEqual([])
    expect(webhooks.filter(({ status }) => status !== 200)).toEqual([])

    const then = { n: 1 }
    const now = { changed: 1 }
    // What began after the one change was in force, and ended before the next was asked for.
    const within = (from: number, to: number) => (one: { startedAt: number; endedAt: number }) =>
      one.startedAt >= from && one.endedAt < to
    const stretches = [
      { from: 0, to: applied.askedAt, echoed: then, revision: before.revision },
      { from: applied.madeAt + IN_FORCE_MS, to: rolledBack.askedAt, echoed: now, revision: applied.revision },
      { from: rolledBack.madeAt + IN_FORCE_MS, to: Infinity, echoed: then, revision: rolledBack.revision },
    ]
    const last = calls.findLast(({ echoed }) => JSON.stringify(echoed) === JSON.stringify(now))
    console.log(
      `the last call under the revision that was rolled back began after ${(last?.startedAt ?? 0) - rolledBack.madeAt} ms`,
    )
    const made = await revisionsByEvent()
    for (const { from, to, echoed, revision } of stretches) {
      const ours = calls.filter(within(from, to))
      expect(ours.length).toBeGreaterThan(0)
      expect(new Set(ours.map((call) => JSON.stringify(call.echoed)))).toEqual(new Set([JSON.stringify(echoed)]))
      const theirs = webhooks.filter(within(from, to))
      expect(new Set(theirs.map(({ eventId }) => made.get(eventId)))).toEqual(new Set([revision]))
    }

    const accepted = webhooks.filter(({ outcome }) => outcome === 'accepted')
    expect(accepted).toHaveLength(webhooks.length)
    await eventually('every effect being there', 60_000, async () => {
      const { missing } = await effects(stack.port, accepted)
      return missing.length === 0 || `${missing.length} are missing`
    })
    expect(await effects(stack.port, accepted)).toEqual({ missing: [], doubled: [], repeated: 0 })
  })
})
