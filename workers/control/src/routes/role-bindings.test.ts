import {
  createdRoleBinding,
  type CreatedRoleBinding,
  deletedRoleBinding,
  type RoleBinding,
  roleBinding,
} from '@orchestrator/shared/contracts/access-api'
import { beforeAll, describe, it } from 'vitest'
import { auditLog, issuesOf, read, write } from '../testing/config.ts'
import { answer, ask, bindings, bindPeople, emailOf, publishTestConfig } from '../testing/harness.ts'
import { serviceToken, tokenFor } from '../testing/tokens.ts'

beforeAll(async () => {
  await bindPeople()
  await publishTestConfig()
})

const reason = 'new in the team'
const bind = (body: object, status = 201) =>
  answer<CreatedRoleBinding>(write('POST', '/v1/role-bindings', { reason, ...body }), status)
const unbind = (kind: string, subject: string, role: string, options = {}) =>
  write('DELETE', `/v1/role-bindings/${kind}/${encodeURIComponent(subject)}/${role}`, { reason: 'left' }, options)
const rolesOf = async (token: string): Promise<string[]> => {
  const response = await ask('/v1/me', { token })
  return response.status === 200 ? (await response.json<{ roles: string[] }>()).roles : []
}
const inGroups = (email: string, claims: object) => tokenFor(email, { claims: { ...claims } })

describe('a role binding', () => {
  it('lets a person in at once, and shuts them out at once, with a row of the audit log each time', async ({ expect }) => {
    const token = await tokenFor('ada@example.com')
    expect(await rolesOf(token)).toEqual([])
    const bound = await bind({ kind: 'user', subject: 'Ada@Example.com', role: 'operator' })
    expect(createdRoleBinding.strict().parse(bound)).toMatchObject({ subject: 'ada@example.com', createdBy: emailOf('admin') })
    expect(await rolesOf(token)).toEqual(['viewer', 'operator'])
    const target = 'role_binding:user/ada@example.com/operator'
    expect((await auditLog())[0]).toMatchObject({ seq: bound.auditSeq, action: 'role_binding.created', target, reason })

    const gone = await answer(unbind('user', 'ADA@example.com', 'operator'))
    expect(deletedRoleBinding.strict().parse(gone)).toMatchObject({ subject: 'ada@example.com', deleted: true })
    expect(await rolesOf(token)).toEqual([])
    expect((await auditLog())[0]).toMatchObject({ action: 'role_binding.deleted', target, reason: 'left' })
    expect((await unbind('user', 'ada@example.com', 'operator')).status).toBe(404)
  })

  it('that is there already is answered, and nothing is written', async ({ expect }) => {
    const first = await bind({ kind: 'service', subject: 'ci.access', role: 'auditor' })
    const [newest] = await auditLog()
    const again = await bind({ kind: 'service', subject: 'ci.access', role: 'auditor', reason: 'forgotten' }, 200)
    expect(again).toEqual({ ...first, auditSeq: null })
    expect((await auditLog())[0]?.seq).toBe(newest?.seq)
    expect(await rolesOf(await serviceToken('ci.access'))).toEqual(['viewer', 'auditor'])
  })

  it('of a group holds for who is in it, by its name or its id, wherever the token has them', async ({ expect }) => {
    await bind({ kind: 'group', subject: '/staff of Berlin', role: 'operator' })
    await bind({ kind: 'group', subject: '9f2c', role: 'auditor' })
    expect(await rolesOf(await inGroups('bea@example.com', { groups: ['/staff of Berlin', 7, null] }))).toContain('operator')
    const custom = { custom: { groups: [{ id: '9f2c', name: 'Audit' }, 'other'] } }
    expect(await rolesOf(await inGroups('bea@example.com', custom))).toEqual(['viewer', 'auditor'])
    // The same person without groups, in the same isolate.
    expect(await rolesOf(await inGroups('bea@example.com', {}))).toEqual([])
    expect(await rolesOf(await inGroups('bea@example.com', { groups: ['/STAFF OF BERLIN', 'staff'] }))).toEqual([])
    const service = { sub: '', email: undefined, common_name: 'robot.access', groups: ['9f2c'] }
    expect(await rolesOf(await inGroups('', service))).toEqual([])
    const me = await answer(ask('/v1/me', { token: await inGroups('bea@example.com', custom) }))
    expect(me).toMatchObject({ actor: { kind: 'user', id: 'bea@example.com' }, groups: ['9f2c', 'Audit', 'other'] })
    expect((await unbind('group', '/staff of Berlin', 'operator')).status).toBe(200)
  })

  it('names somebody there can be', async ({ expect }) => {
    const wrong = (body: object) => issuesOf(write('POST', '/v1/role-bindings', { role: 'viewer', reason, ...body }))
    expect(Object.keys(await wrong({ kind: 'user', subject: 'ada' }))).toEqual(['subject'])
    expect(Object.keys(await wrong({ kind: 'group', subject: ' staff' }))).toEqual(['subject'])
    expect(Object.keys(await wrong({ kind: 'group', subject: 'a\ud800b' }))).toEqual(['subject'])
    expect(Object.keys(await wrong({ kind: 'service', subject: 'two words' }))).toEqual(['subject'])
    expect(Object.keys(await wrong({ kind: 'everybody', subject: 'x' }))).toEqual(['kind'])
    expect(Object.keys(await wrong({ kind: 'user', subject: 'a@example.com', role: 'emperor' }))).toEqual(['role'])
    expect(Object.keys(await wrong({ kind: 'user', subject: 'a@example.com', reason: '' }))).toEqual(['reason'])
    expect((await unbind('everybody', 'x', 'viewer')).status).toBe(404)
  })

  it('are listed page by page, the last one first', async ({ expect }) => {
    const all: RoleBinding[] = []
    for (let path = '/v1/role-bindings?limit=3'; path !== '';) {
      const page = await read<{ items: RoleBinding[]; nextCursor: string | null }>(path, 'auditor')
      all.push(...page.items.map((item) => roleBinding.strict().parse(item)))
      path = page.nextCursor === null ? '' : `/v1/role-bindings?limit=3&cursor=${page.nextCursor}`
    }
    const { results } = await bindings.CONTROL_DB.prepare('SELECT subject FROM role_bindings').all()
    expect(all).toHaveLength(results.length)
    expect(all[0]?.subject).toBe('9f2c')
    expect(all.map(({ createdAt }) => createdAt)).toEqual(
      all
        .map(({ createdAt }) => createdAt)
        .toSorted()
        .toReversed(),
    )
  })
})

describe('who opens the break-glass door', () => {
  it('only reads at the others', async ({ expect }) => {
    const token = await tokenFor(emailOf('break_glass_admin'))
    expect(await rolesOf(token)).toEqual(['viewer', 'break_glass_admin'])
    expect((await write('POST', '/v1/routes', {}, { as: 'break_glass_admin' })).status).toBe(403)
    expect((await ask('/v1/audit', { as: 'break_glass_admin' })).status).toBe(403)
  })
})

describe('the last administrator', () => {
  it('cannot be removed by anybody, and is told how to go', async ({ expect }) => {
    const problem = await answer<{ detail: string }>(unbind('user', emailOf('admin'), 'admin'), 409)
    expect(problem.detail).toContain('Bind the role admin to another person first')
    // Nobody need be in a group, and a service token is no person.
    await bind({ kind: 'group', subject: 'admins', role: 'admin' })
    await bind({ kind: 'service', subject: 'robot.access', role: 'admin' })
    expect((await unbind('user', emailOf('admin'), 'admin')).status).toBe(409)
    const robot = { token: await serviceToken('robot.access') }
    expect((await unbind('user', emailOf('admin'), 'admin', { ...robot, as: undefined })).status).toBe(409)
    // Who is in the group is known to be there.
    const member = { token: await inGroups('mia@example.com', { groups: ['admins'] }) }
    expect((await unbind('user', emailOf('admin'), 'admin', member)).status).toBe(200)
    expect((await unbind('group', 'admins', 'admin', member)).status).toBe(409)
    // Of groups, another case is another one.
    await answer(write('POST', '/v1/role-bindings', { kind: 'group', subject: 'Admins', role: 'admin', reason }, member), 201)
    expect((await unbind('group', 'Admins', 'admin', member)).status).toBe(200)
    await answer(
      write('POST', '/v1/role-bindings', { kind: 'user', subject: emailOf('admin'), role: 'admin', reason }, member),
      201,
    )
    expect((await unbind('group', 'admins', 'admin', member)).status).toBe(200)
  })

  it('stays when all administrators remove each other at once', async ({ expect }) => {
    const people = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}@example.com`)
    for (const subject of people) await bind({ kind: 'user', subject, role: 'admin' })
    await answer(unbind('user', emailOf('admin'), 'admin'))
    const tokens = await Promise.all(people.map((email) => tokenFor(email)))
    const statuses = await Promise.all(
      people.map(
        async (subject, i) => (await unbind('user', subject, 'admin', { token: tokens[(i + 1) % people.length] })).status,
      ),
    )
    const { results } = await bindings.CONTROL_DB.prepare(
      "SELECT subject FROM role_bindings WHERE kind = 'user' AND role = 'admin'",
    ).all()
    expect(results).toHaveLength(1)
    expect(statuses.filter((status) => status === 200)).toHaveLength(4)
    expect(statuses.filter((status) => status !== 200).every((status) => status === 409 || status === 403)).toBe(true)
  })
})

describe('somebody without a role', () => {
  it('hears who they are here, what the roles are for, and whom to ask', async ({ expect }) => {
    const token = await inGroups('new@example.com', { groups: ['on-call'] })
    const problem = await answer<{ detail: string }>(ask('/v1/routes', { token }), 403)
    expect(problem).toMatchObject({
      actor: { kind: 'user', id: 'new@example.com' },
      groups: ['on-call'],
      roles: [],
      neededRoles: ['viewer'],
      contact: 'platform@example.com',
    })
    expect(problem.detail).toContain('You are new@example.com here (groups: on-call), and have no role in Orchestrator.')
    expect(problem.detail).toContain('Ask an administrator (platform@example.com) to bind the role viewer to new@example.com')
    expect(problem.detail).toMatch(/operator steers .* admin decides .* auditor reads/)
  })
})
