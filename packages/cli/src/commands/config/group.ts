import type { CommandEnv, Parent } from '../../command-env.ts'
import { addApply } from './apply.ts'
import { addDiff } from './diff.ts'
import { addHistory } from './history.ts'
import { addPlan } from './plan.ts'
import { addPull } from './pull.ts'
import { addRollback } from './rollback.ts'
import { addShow } from './show.ts'

/** `orc config`: the configuration as a file, so that it can live in git. */
export function addConfigCommands(group: Parent, env: CommandEnv): void {
  addPull(group, env)
  addPlan(group, env)
  addApply(group, env)
  addHistory(group, env)
  addShow(group, env)
  addDiff(group, env)
  addRollback(group, env)
}
