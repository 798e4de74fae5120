import { createExecutionContext, createScheduledController, waitOnExecutionContext } from 'cloudflare:test'
import { env as testEnv } from 'cloudflare:workers'
import type { LogEvent } from '@orchestrator/shared/contracts/events'
import { createLogger } from '@orchestrator/shared/telemetry/logger'
import { describe, it } from 'vitest'
import { createExecution } from '../app.ts'
import { createIsolate } from '../deps.ts'
import { env, stack } from '../testing/stack.ts'
import { checkConnectors, type EgressCheckDeps, isCheckDue } from './check-connectors.ts'
import { createEgressCheckDeps } from './deps.ts'

async function eventsOf(connector: string): Promise<LogEvent[]> {
  const { results } = await env.DATA_00.prepare("SELECT events FROM events WHERE connector = ?1 AND kind = 'event' ORDER BY seq")
    .bind(connector)
    .all<{ events: string }>()
  return results.flatMap(({ events }) => JSON.parse(events) as LogEvent[])
}

/** The check on the real log, with a resolver that finds nothing wrong unless told. */
function checkWith(fake: Partial<EgressCheckDeps> = {}) {
  const lines: Record<string, unknown>[] = []
  const reports: unknown[] = []
  const logger = createLogger({}, (_level, line) => void lines.push(JSON.parse(line) as Record<string, unknown>))
  const reporter = { report: (error: unknown) => void reports.push(error) }
  const real = createEgressCheckDeps(env, createIsolate(), { logger, reporter })
  const check = async () => ({ ok: true as const, warnings: [] })
  return { run: () => checkConnectors({ ...real, check, ...fake }), lines, reports }
}

describe('the hourly check of addresses', () => {
  it('writes an event and a line for each connector whose address is refused', async ({ expect }) => {
    const { name } = await stack()
    const { run, lines } = checkWith({ check: async () => ({ ok: false, error: 'x resolves to 10.0.0.1' }) })
    await run()
    expect(await eventsOf(name)).toEqual([
      { type: 'connector.address_refused', data: { address: `http://${name}.localhost`, error: 'x resolves to 10.0.0.1' } },
    ])
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'error',
        connector: name,
        cause: 'x resolves to 10.0.0.1',
        message: expect.stringContaining('refused'),
      }),
    ])
  })

  it('looks at token endpoints and lists of hosts too, and only tells what could not be checked', async ({ expect }) => {
    const asked: unknown[] = []
    const auth = {
      kind: 'oauth2ClientCredentials' as const,
      tokenUrl: 'https://login.example.net/token',
      clientId: 'me',
      secret: 'billing-credential',
      scopes: [],
      audience: null,
      clientAuth: 'basic' as const,
    }
    const { name } = await stack({ connector: { auth, egress: { redirects: 0, allowedHosts: ['*.example.net'] } } })
    const { run, lines } = checkWith({
      check: async (address, allowedHosts) => {
        asked.push([address, allowedHosts])
        return { ok: true, warnings: address.includes('login') ? ['no resolver'] : [] }
      },
    })
    await run()
    expect(asked).toEqual([
      [`http://${name}.localhost`, ['*.example.net']],
      ['https://login.example.net/token', ['*.example.net']],
    ])
    expect(lines).toMatchObject([{ level: 'warn', connector: name, warnings: ['no resolver'] }])
    expect(await eventsOf(name)).toEqual([])
  })

  it('is told where it fails itself, and stops nothing', async ({ expect }) => {
    await stack()
    const { run, reports } = checkWith({ config: () => Promise.reject(new Error('no configuration')) })
    await run()
    expect(reports).toHaveLength(1)
  })

  it('is due at the full hour, when the sweep of that minute runs it', async ({ expect }) => {
    expect([0, 59_999, 60_000, 3_600_000].map(isCheckDue)).toEqual([true, true, false, true])
    const { name } = await stack({ connector: { baseUrl: 'https://10.0.0.1' } })
    for (const scheduledTime of [3_660_000, 3_600_000]) {
      const context = createExecutionContext()
      const controller = createScheduledController({ cron: '* * * * *', scheduledTime: new Date(scheduledTime) })
      await createExecution(createIsolate()).scheduled(controller, testEnv, context)
      await waitOnExecutionContext(context)
    }
    expect(await eventsOf(name)).toMatchObject([{ type: 'connector.address_refused', data: { address: 'https://10.0.0.1' } }])
  })
})
