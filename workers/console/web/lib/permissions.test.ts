import { describe, it } from 'vitest'
import { canReadAudit, canReplay, namedRoles } from './permissions.ts'

describe('what roles may do', () => {
  it('lets operators and admins replay, and nobody else', ({ expect }) => {
    expect((['viewer', 'operator', 'admin', 'auditor'] as const).filter((role) => canReplay([role]))).toEqual([
      'operator',
      'admin',
    ])
  })

  it('lets admins and auditors read the audit log, and nobody else', ({ expect }) => {
    expect((['viewer', 'operator', 'admin', 'auditor'] as const).filter((role) => canReadAudit([role]))).toEqual([
      'admin',
      'auditor',
    ])
  })

  it('asks for one of the roles, whichever others there are', ({ expect }) => {
    expect(canReplay([])).toBe(false)
    expect(canReplay(['viewer', 'operator'])).toBe(true)
  })
})

describe('the roles shown', () => {
  it('leave out what a stronger one includes', ({ expect }) => {
    expect(namedRoles(['viewer', 'operator', 'admin'])).toEqual(['admin'])
    expect(namedRoles(['viewer', 'operator'])).toEqual(['operator'])
    expect(namedRoles(['viewer'])).toEqual(['viewer'])
    expect(namedRoles([])).toEqual([])
  })

  it('name the auditor beside operator and admin, and instead of viewer', ({ expect }) => {
    expect(namedRoles(['viewer', 'auditor'])).toEqual(['auditor'])
    expect(namedRoles(['auditor', 'viewer', 'operator'])).toEqual(['operator', 'auditor'])
  })
})
