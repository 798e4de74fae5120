import type { Role } from '@orchestrator/shared/contracts/audit'
import type { AuditRow } from '@orchestrator/shared/db/control-schema'
import { describe, it } from 'vitest'
import { CONFIG_ROUTES } from '../roles/config-routes.ts'
import { publishExamples } from '../testing/example-config.ts'
import { ask, type AskOptions, bindings, CONSOLE_ORIGIN, emailOf, type Person } from '../testing/harness.ts'
import type { ExampleRequest } from '../testing/route-example.ts'
import { type MutationKey, ROUTE_EXAMPLES } from '../testing/route-examples.ts'
import { tokenFor } from '../testing/tokens.ts'

interface Problem {
  code: string
  detail: string
  issues?: { path: string; message: string }[]
}

/** What every route that changes something must do, and refuse beyond what all routes must: run once for each, behind both doors. */
export function runMutationTests(key: MutationKey, needed: readonly Role[], door: 'control' | 'console'): void {
  const [method] = key.split(' ') as [string]
  const { request, prepare, audit, status = 200, free = [] } = ROUTE_EXAMPLES[key]
  const { body } = request
  const as = needed[0] as Person
  const changesConfig = CONFIG_ROUTES.has(key)
  const send = (example: ExampleRequest, options: AskOptions = {}) =>
    ask(example.path, { method, door, as, ...(example.body === null ? {} : { body: example.body }), ...options })
  const ready = async (): Promise<ExampleRequest> => {
    await publishExamples()
    return { ...request, ...(await prepare?.()) }
  }
  const problemOf = async (response: Response) => ({ status: response.status, ...(await response.json<Problem>()) })

  describe(`${key} at the ${door} door`, () => {
    it('leaves what it has to in the audit log, and nothing else', async ({ expect }) => {
      const example = await ready()
      const headers = { 'cf-ray': '8f1c0d2e3b4a5968-FRA', 'cf-connecting-ip': '203.0.113.9', origin: CONSOLE_ORIGIN }
      const response = await send(example, { headers })
      expect(response.status, await response.clone().text()).toBe(status)
      const rows = await rowsOf(response)
      expect(rows.map(({ action }) => action)).toEqual(audit)
      for (const [i, row] of rows.entries()) {
        expect(row).toMatchObject({
          actorKind: 'user',
          actorId: emailOf(as),
          role: as,
          door,
          target: typeof example.target === 'string' ? example.target : expect.stringMatching(example.target),
          reason: example.body?.['reason'] ?? ROUTE_EXAMPLES[key].reason ?? null,
          ip: '203.0.113.9',
          ray: '8f1c0d2e3b4a5968-FRA',
          ...(audit.length === 2 ? { intentSeq: i === 0 ? null : rows[0]?.seq } : {}),
        })
      }
    })

    // Both doors lead to the same routes: what is left need not be asked twice.
    if (door === 'console') return

    it('changes nothing for who lacks the role, and writes down that they tried', async ({ expect }) => {
      // One person's refusals are not all kept, so each time it is somebody else.
      const email = `${crypto.randomUUID()}@example.com`
      const response = await send(request, { token: await tokenFor(email) })
      expect(response.status).toBe(403)
      const refusal = { action: 'access.refused', actorKind: 'user', actorId: email, role: null, door }
      expect(await rowsOf(response)).toEqual([expect.objectContaining({ ...refusal, target: `${method} ${request.path}` })])
    })

    it('answers 412 to a tag of another version, and changes nothing', async ({ expect }) => {
      const response = await send(await ready(), { headers: { 'if-match': '"of-another-version"' } })
      expect(await problemOf(response)).toMatchObject({ status: 412, code: 'precondition_failed' })
      expect(await rowsOf(response)).toEqual([])
    })

    it('answers 403 to a page of another site, whose browser says no more than that', async ({ expect }) => {
      const response = await send(request, { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } })
      expect(response.status).toBe(403)
    })

    it(`${changesConfig ? 'shows' : 'answers 400 to who asks it to show'} what it would do without doing it`, async ({
      expect,
    }) => {
      const example = await ready()
      const revision = await revisionInForce()
      const response = await send({ ...example, path: `${example.path}?dryRun=true` })
      const shown = { auditSeq: null, dryRun: { changes: expect.any(Array) } }
      expect([response.status, await response.json()]).toMatchObject(
        changesConfig ? [200, shown] : [400, { issues: [{ path: 'dryRun', message: expect.any(String) }] }],
      )
      expect([await rowsOf(response), await revisionInForce()]).toEqual([[], revision])
    })

    if (body === null) return

    it('answers 415 to a form, and to a text', async ({ expect }) => {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
        const response = await send(request, { headers: { 'content-type': type } })
        expect(response.status, type).toBe(415)
      }
    })

    it('answers 400 that names each field that is wrong', async ({ expect }) => {
      await publishExamples()
      const spoilt: [string, unknown][] = [
        ['an array', []],
        ['a text', '"text"'],
        ['null', 'null'],
        ['an unknown field', { ...body, nonsense: 1 }],
        ...Object.keys(body)
          .filter((field) => !free.includes(field))
          .map((field): [string, unknown] => [`another ${field}`, { ...body, [field]: [[{ of: 'another kind' }]] }]),
      ]
      for (const [what, wrong] of spoilt) {
        const { status, issues = [], detail } = await problemOf(await send(request, { body: wrong }))
        expect([status, issues.length > 0], `${what}: ${detail}`).toEqual([400, true])
      }
      expect((await send(request, { body: '{"reason":' })).status).toBe(400)
    })
  })
}

/** What the audit log has of a request. */
async function rowsOf(response: Response): Promise<Partial<AuditRow>[]> {
  const columns = `seq, actor_kind AS actorKind, actor_id AS actorId, role, door, action, target, reason, ip, ray,
    intent_seq AS intentSeq`
  const sql = `SELECT ${columns} FROM audit_log WHERE request_id = ? ORDER BY seq`
  const requestId = response.headers.get('x-request-id')
  return (await bindings.CONTROL_DB.prepare(sql).bind(requestId).all<Partial<AuditRow>>()).results
}

const revisionInForce = (): Promise<number | null> =>
  bindings.CONTROL_DB.prepare('SELECT max(revision) AS revision FROM config_revisions').first<number>('revision')
