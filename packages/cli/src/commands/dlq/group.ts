import type { CommandEnv, Parent } from '../../command-env.ts'
import { addDiscard } from './discard.ts'
import { addGroups } from './groups.ts'
import { addList } from './list.ts'
import { addReplay } from './replay.ts'
import { addShow } from './show.ts'

/** `orc dlq`: jobs that died, and what becomes of them. */
export function addDlqCommands(group: Parent, env: CommandEnv): void {
  addList(group, env)
  addGroups(group, env)
  addShow(group, env)
  addReplay(group, env)
  addDiscard(group, env)
}
