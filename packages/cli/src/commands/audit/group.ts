import type { CommandEnv, Parent } from '../../command-env.ts'
import { addExport } from './export.ts'
import { addKey } from './key.ts'
import { addVerify } from './verify.ts'

/** `orc audit`: what was done by whom, and the proof that nobody rewrote it. */
export function addAuditCommands(group: Parent, env: CommandEnv): void {
  addExport(group, env)
  addVerify(group, env)
  addKey(group, env)
}
