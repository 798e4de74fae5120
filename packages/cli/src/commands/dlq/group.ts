import type { CommandEnv, Parent } from '../../command-env.ts'
import { addDiscard } from './discard.ts'
import { addGroups } from './groups.ts'
import { addList } from './list.ts'
import { addReplay } from './replay.ts'
import { addShow } from './show.ts'

/** `orc dlq`: jobs that died, and what becomes of them. */
export function addDlqCommands(program: Parent, env: CommandEnv): void {
  const group = program.command('dlq').description('dead letters: jobs that died, one by one or many at once')
  addList(group, env)
  addGroups(group, env)
  addShow(group, env)
  addReplay(group, env)
  addDiscard(group, env)
}
