import type { CommandEnv, Parent } from '../../command-env.ts'
import { addExport } from './export.ts'
import { addKey } from './key.ts'
import { addVerify } from './verify.ts'

/** `orc audit`: what was done by whom, and the proof that nobody rewrote it. */
export function addAuditCommands(program: Parent, env: CommandEnv): void {
  const group = program.command('audit').description('the audit log: exports, and proof that it is whole')
  addExport(group, env)
  addVerify(group, env)
  addKey(group, env)
}
