import { describe, it } from 'vitest'
import type { Role } from '@orchestrator/shared/contracts/audit'
import { ask, type AskOptions, CONSOLE_ORIGIN, type Person } from '../testing/harness.ts'
import { publicKeyToken, tokenFor, unsignedToken } from '../testing/tokens.ts'

/** People who hold none of the roles a route needs. */
const STRANGERS: Record<Role, readonly Person[]> = {
  viewer: ['nobody'],
  operator: ['nobody', 'viewer', 'auditor', 'break_glass_admin'],
  auditor: ['nobody', 'viewer', 'operator', 'admin', 'break_glass_admin'],
  admin: ['nobody', 'viewer', 'operator', 'auditor', 'break_glass_admin'],
  break_glass_admin: ['nobody', 'viewer', 'operator', 'auditor', 'admin'],
}

/** What every route must refuse, whoever may use it: run once for each, behind both doors. */
export function runCommonRouteTests(method: string, path: string, needed: readonly Role[], door: 'control' | 'console'): void {
  const someone = 'admin@example.com'
  const send = (options: AskOptions) =>
    ask(path, { method, door, ...(method === 'GET' ? {} : { body: { reason: 'test' } }), ...options })
  // Both doors check by the same code: a few show that the console's does at all.
  const enough = <T>(all: readonly T[], few: number): readonly T[] => (door === 'control' ? all : all.slice(0, few))
  const past = () => Math.floor(Date.now() / 1_000) - 31

  describe(`${method} ${path} at the ${door} door`, () => {
    const unauthenticated: [string, () => Promise<string | undefined> | string][] = [
      ['without a token', async () => undefined],
      ['with nonsense for a token', () => 'nonsense'],
      ['with a token of another application', () => tokenFor(someone, { claims: { aud: ['breakglass-development-only'] } })],
      ['with a token without audience', () => tokenFor(someone, { claims: { aud: undefined } })],
      ['with a token of another issuer', () => tokenFor(someone, { claims: { iss: 'http://other.localhost:8787' } })],
      ['with an expired token', () => tokenFor(someone, { claims: { exp: past() } })],
      ['with an unsigned token', () => unsignedToken(someone)],
      ['with a token keyed with the public key', () => publicKeyToken(someone)],
      ['with a token of an unknown key', () => tokenFor(someone, { header: { kid: 'unheard-of' } })],
      ["with a stranger's signature", () => tokenFor(someone, { key: 'foreign' })],
    ]
    for (const [how, token] of enough(unauthenticated, 3)) {
      it(`answers 401 ${how}`, async ({ expect }) => {
        const value = await token()
        const response = await send(value === undefined ? {} : { token: value })
        expect(response.status).toBe(401)
        expect(response.headers.get('content-type')).toBe('application/problem+json')
        expect(await response.json()).toMatchObject({
          code: 'unauthenticated',
          detail: 'Sign in through Cloudflare Access: a valid token for this application is needed.',
        })
      })
    }

    it('answers 403 to a foreign origin, and to one that only begins like ours', async ({ expect }) => {
      for (const origin of enough(['https://evil.example', `${CONSOLE_ORIGIN}.evil.example`, 'null'], 1)) {
        const response = await send({ as: 'admin', headers: { origin } })
        expect(response.status, origin).toBe(403)
      }
    })

    it('answers 403 to people without the role, and says whom to ask', async ({ expect }) => {
      const strangers = needed.map((role) => STRANGERS[role]).reduce((some, more) => some.filter((one) => more.includes(one)))
      expect(strangers).toContain('nobody')
      for (const as of enough(strangers.toReversed(), 1)) {
        const response = await send({ as })
        expect(response.status, as).toBe(403)
        const problem = await response.json<{ detail: string }>()
        expect(problem.detail).toMatch(/Ask an administrator/)
        expect(problem.detail).toContain(needed[0])
      }
    })

    it('lets in who has the role', async ({ expect }) => {
      for (const as of needed) {
        const response = await send({ as, headers: { origin: CONSOLE_ORIGIN } })
        // Past the doors: what is asked for is not there, or what is sent lacks its fields.
        expect([200, 400, 404], `${as}: ${await response.text()}`).toContain(response.status)
      }
    })
  })
}
